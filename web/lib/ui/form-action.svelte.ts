/**
 * Form actions for a static site: submitting a `<form>` calls a function in the page instead of a server
 * endpoint. Nothing typed is lost if the call fails, nothing is sent twice, and errors are shown at the right
 * field. Does not import SvelteKit, because the widget uses it too.
 */
import { NotConnectedError, ReducerError, UnknownOutcomeError, type CallError } from 'spacetimedb-stores';
import type { Attachment } from 'svelte/attachments';
import { mayTakeFocus } from './focus.ts';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';
import { translate } from '../i18n/translate.ts';

/** The problem with a submission, and the field that shows it. */
export interface FormError {
  /**
   * `invalid`: the check failed, nothing was sent. The others are those of `CallError`: `not-connected`,
   * `refused` by the server, `unknown-outcome` if the connection was lost, and `failed` for anything else.
   */
  code: 'invalid' | CallError['code'];
  message: string;
  /** The `name` of the field. */
  field: string;
}

export interface FormActionOptions {
  /** The `name` of the field that shows errors of the whole submission. */
  field: string;
  /** Calls the reducer. Rejects as `Connection.call` does. */
  submit: (data: FormData) => Promise<void>;
  /** Checks the data before it is sent. A returned text stops the submission and is shown at `field`. */
  check?: (data: FormData) => string | undefined;
  /** The texts of the reader's language; English by default. */
  strings?: () => Strings;
  /** Called after a success, when the form is reset. */
  onsuccess?: () => void;
}

/**
 * The action of one form. Attach `form` to the form and use `pending` and `error` in the markup:
 *
 * ```svelte
 * <form method="post" novalidate {@attach action.form}>
 *   <input name="name" aria-invalid={action.error !== undefined} />
 *   <button disabled={!action.ready}>Save</button>
 * ```
 *
 * Disable the button until `ready`: a prerendered page would post the form before then.
 */
export class FormAction {
  readonly #options: FormActionOptions;
  #pending = $state(false);
  #ready = $state(false);
  #error = $state.raw<FormError>();

  constructor(options: FormActionOptions) {
    this.#options = options;
  }

  /** True from a submission until it settles. */
  get pending(): boolean {
    return this.#pending;
  }

  /** True once the action handles submissions. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The error of the last submission, until the person types again. */
  get error(): FormError | undefined {
    return this.#error;
  }

  #form: HTMLFormElement | undefined;

  readonly form: Attachment<HTMLFormElement> = (form) => {
    this.#form = form;
    const onsubmit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#submit(form);
    };
    // Forms in a sandboxed frame without `allow-forms` have no submit event. Enter in a field clicks the button, too.
    const onclick = (event: MouseEvent): void => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (button?.type !== 'submit' || event.defaultPrevented) return;
      event.preventDefault();
      void this.#submit(form);
    };
    const oninput = (): void => {
      this.#error = undefined;
    };
    const end = new AbortController();
    form.addEventListener('submit', onsubmit, { signal: end.signal });
    form.addEventListener('click', onclick, { signal: end.signal });
    form.addEventListener('input', oninput, { signal: end.signal });
    this.#ready = true;
    return () => {
      end.abort();
      this.#ready = false;
      this.#error = undefined;
    };
  };

  /** Submits the form, as its button does. */
  submit(): void {
    if (this.#form && this.#ready) void this.#submit(this.#form);
  }

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
    resetSubmitted(form, data);
    this.#focusField(form);
    this.#options.onsuccess?.();
  }

  #show(form: HTMLFormElement, code: FormError['code'], message: string): void {
    this.#error = { code, message, field: this.#options.field };
    this.#focusField(form);
  }

  /** Refocus the field, unless the focus has moved outside the form. */
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

/** Resets the submitted fields. Text typed while waiting for the answer stays. */
function resetSubmitted(form: HTMLFormElement, sent: FormData): void {
  if (entriesOf(new FormData(form)) === entriesOf(sent)) return form.reset();
  for (const field of textFields(form)) {
    const was = sent.get(field.name);
    if (typeof was !== 'string' || !field.value.startsWith(was)) continue;
    field.value = field.value === was ? field.defaultValue : field.value.slice(was.length);
    // Bindings react to this event, not to the value.
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function entriesOf(data: FormData): string {
  return JSON.stringify([...data]);
}

function textFields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement)[] {
  return [...form.elements]
    .filter((element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)
    .filter(({ type }) => !['checkbox', 'radio', 'file'].includes(type));
}
