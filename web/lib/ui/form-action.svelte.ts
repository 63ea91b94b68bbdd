/**
 * Form actions for a static host: a `<form>` whose submission calls a function in the page instead of a server's
 * endpoint, with the manners of SvelteKit's own. Nothing typed is lost when the call fails, nothing is sent twice,
 * and what went wrong is known together with the field it belongs to. Imports nothing of SvelteKit: the widget
 * uses it too.
 */
import type { Attachment } from 'svelte/attachments';
import { mayTakeFocus } from './focus.ts';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';

/** What is wrong with what was submitted, and at which field to say so. */
export interface FormProblem {
  /**
   * `invalid`: found here, nothing was sent. `unsent`: there was no connection to send it on. `refused`: the server
   * said no, in its own words. `unknown`: the connection was lost, so it may or may not have arrived. `failed`:
   * anything else.
   */
  kind: 'invalid' | 'unsent' | 'refused' | 'unknown' | 'failed';
  /** The `name` of the field. */
  field: string;
  /** A text for the person. */
  text: string;
}

export interface FormActionOptions {
  /** The `name` of the field at which a problem with the whole submission is shown. */
  field: string;
  /**
   * Calls the reducer. Rejections are told apart by their `name`: `SenderError` carries the server's own words,
   * `NotConnectedError` and `UnknownOutcomeError` are those of `spacetimedb-stores`.
   */
  submit: (data: FormData) => Promise<void>;
  /** Looks at the data before anything is sent; a text stops the submission and is shown at `field`. */
  check?: (data: FormData) => string | undefined;
  /** What problems are put into words with; English by default. */
  strings?: () => Strings;
  /** Runs after a success, when the form has been reset. */
  onsuccess?: () => void;
}

/**
 * One form's action. Put `form` on the form and read `pending` and `problem` in the markup:
 *
 * ```svelte
 * <form method="post" novalidate {@attach action.form}>
 *   <input name="name" aria-invalid={action.problem !== undefined} />
 *   <button disabled={!action.ready}>Save</button>
 * ```
 *
 * Leave the button disabled until `ready`: in a prerendered page, a submission before then would really be posted.
 */
export class FormAction {
  readonly #options: FormActionOptions;
  #pending = $state(false);
  #ready = $state(false);
  #problem = $state.raw<FormProblem>();

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
  get problem(): FormProblem | undefined {
    return this.#problem;
  }

  /** The attachment for the `<form>`. */
  readonly form: Attachment<HTMLFormElement> = (form) => {
    const onsubmit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#submit(form);
    };
    const oninput = (): void => {
      this.#problem = undefined;
    };
    form.addEventListener('submit', onsubmit);
    form.addEventListener('input', oninput);
    this.#ready = true;
    return () => {
      form.removeEventListener('submit', onsubmit);
      form.removeEventListener('input', oninput);
      this.#ready = false;
      this.#problem = undefined;
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
    this.#problem = undefined;
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

  #show(form: HTMLFormElement, kind: FormProblem['kind'], text: string): void {
    this.#problem = { kind, field: this.#options.field, text };
    this.#focusField(form);
  }

  /** Whoever pressed the button goes on in the field; whoever went on to something else meanwhile is left there. */
  #focusField(form: HTMLFormElement): void {
    const field = form.elements.namedItem(this.#options.field);
    if (field instanceof HTMLElement && mayTakeFocus(form)) field.focus();
  }
}

function explain(error: unknown, t: Strings): [FormProblem['kind'], string] {
  if (!(error instanceof Error)) return ['failed', t.failed(String(error))];
  if (error.name === 'SenderError') return ['refused', translate(error.message, t)];
  if (error.name === 'NotConnectedError') return ['unsent', t.unsent];
  if (error.name === 'UnknownOutcomeError') return ['unknown', t.mayHaveArrived];
  return ['failed', t.failed(error.message)];
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
