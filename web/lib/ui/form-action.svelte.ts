/**
 * Form actions for a static host: a `<form>` whose submission calls a function in the page instead of a server's
 * endpoint, with the manners of SvelteKit's own. Nothing typed is lost when the call fails, nothing is sent twice,
 * and what went wrong is known together with the field it belongs to. Imports nothing of SvelteKit: the widget
 * uses it too.
 */
import { NotConnectedError, ReducerError, UnknownOutcomeError, type CallError } from 'spacetimedb-stores';
import type { Attachment } from 'svelte/attachments';
import { mayTakeFocus } from './focus.ts';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';

/** What is wrong with what was submitted, and the field at which to say so. */
export interface FormError {
  /**
   * `invalid`: found here, nothing was sent. All others are those of `CallError`: `not-connected` when nothing was sent,
   * `refused` when the server said no in its own words, `unknown-outcome` when it may or may not have arrived, `failed`
   * for anything else.
   */
  code: 'invalid' | CallError['code'];
  /** For the person. */
  message: string;
  /** The `name` of the field. */
  field: string;
}

export interface FormActionOptions {
  /** The `name` of the field at which an error of the whole submission is shown. */
  field: string;
  /** Calls the reducer. Rejects as `Connection.call` does. */
  submit: (data: FormData) => Promise<void>;
  /** Looks at the data before anything is sent; a text stops the submission and is shown at `field`. */
  check?: (data: FormData) => string | undefined;
  /** The texts for errors; English by default. */
  strings?: () => Strings;
  /** Runs after a success, when the form has been reset. */
  onsuccess?: () => void;
}

/**
 * One form's action. Put `form` on the form and read `pending` and `error` in the markup:
 *
 * ```svelte
 * <form method="post" novalidate {@attach action.form}>
 *   <input name="name" aria-invalid={action.error !== undefined} />
 *   <button disabled={!action.ready}>Save</button>
 * ```
 *
 * Leave the button disabled until `ready`: in a prerendered page, a submission before then would really be posted.
 */
export class FormAction {
  readonly #options: FormActionOptions;
  #pending = $state(false);
  #ready = $state(false);
  #error = $state.raw<FormError>();

  constructor(options: FormActionOptions) {
    this.#options = options;
  }

  /** True from a submission until it is settled. */
  get pending(): boolean {
    return this.#pending;
  }

  /** True once the action handles the form's submissions. */
  get ready(): boolean {
    return this.#ready;
  }

  /** What was wrong with the last submission, until the person types again. */
  get error(): FormError | undefined {
    return this.#error;
  }

  /** The attachment for the `<form>`. */
  readonly form: Attachment<HTMLFormElement> = (form) => {
    const onsubmit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#submit(form);
    };
    const oninput = (): void => {
      this.#error = undefined;
    };
    form.addEventListener('submit', onsubmit);
    form.addEventListener('input', oninput);
    this.#ready = true;
    return () => {
      form.removeEventListener('submit', onsubmit);
      form.removeEventListener('input', oninput);
      this.#ready = false;
      this.#error = undefined;
    };
  };

  get #strings(): Strings {
    return this.#options.strings?.() ?? en;
  }

  async #submit(form: HTMLFormElement): Promise<void> {
    if (this.#pending) return;
    const data = new FormData(form);
    const invalid = this.#options.check?.(data);
    if (invalid !== undefined) {
      this.#show(form, 'invalid', translate(invalid, this.#strings));
      return;
    }
    this.#error = undefined;
    this.#pending = true;
    try {
      await this.#options.submit(data);
    } catch (error) {
      this.#pending = false;
      this.#show(form, ...explain(error, this.#strings));
      return;
    }
    this.#pending = false;
    clearSubmitted(form, data);
    this.#focusField(form);
    this.#options.onsuccess?.();
  }

  #show(form: HTMLFormElement, code: FormError['code'], message: string): void {
    this.#error = { code, message, field: this.#options.field };
    this.#focusField(form);
  }

  /** Whoever pressed the button goes on in the field; whoever went on to something else meanwhile is left there. */
  #focusField(form: HTMLFormElement): void {
    const field = form.elements.namedItem(this.#options.field);
    if (field instanceof HTMLElement && mayTakeFocus(form)) field.focus();
  }
}

function explain(error: unknown, t: Strings): [FormError['code'], string] {
  if (error instanceof NotConnectedError) return [error.code, t.unsent];
  if (error instanceof UnknownOutcomeError) return [error.code, t.mayHaveArrived];
  if (error instanceof ReducerError && error.code === 'refused')
    return [error.code, translate(error.message, t)];
  return ['failed', t.failed(error instanceof Error ? error.message : String(error))];
}

function translate(text: string, t: Strings): string {
  return t.translated[text] ?? text;
}

/**
 * Empties the form of what has been sent. What was typed after it, while the answer was awaited, stays.
 */
function clearSubmitted(form: HTMLFormElement, sent: FormData): void {
  const changed = textFields(form).filter((field) => field.value !== sent.get(field.name));
  if (changed.length === 0) {
    form.reset();
    return;
  }
  for (const field of textFields(form)) {
    const was = sent.get(field.name);
    if (typeof was !== 'string' || !field.value.startsWith(was)) continue;
    field.value = field.value.slice(was.length);
    // Bindings follow this event, not the value.
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function textFields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement)[] {
  return [...form.elements].filter(
    (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement,
  );
}
