/**
 * Form actions for a static site: submitting a `<form>` calls a function in the page instead of a server
 * endpoint. Nothing typed is lost if the call fails, nothing is sent twice, and errors are shown at the right
 * field. Does not import SvelteKit, because the widget uses it too.
 */
import type { Attachment } from 'svelte/attachments';
import { mayTakeFocus } from './focus.ts';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';

/** What is wrong with a submission, and at which field to show it. */
export interface FormProblem {
  /**
   * `invalid`: the check failed, nothing was sent. `unsent`: not connected. `refused`: rejected by the
   * server. `unknown`: the connection was lost, so it may have arrived. `failed`: anything else.
   */
  kind: 'invalid' | 'unsent' | 'refused' | 'unknown' | 'failed';
  /** The `name` of the field. */
  field: string;
  /** The message for the person. */
  text: string;
}

export interface FormActionOptions {
  /** The `name` of the field that shows errors of the whole submission. */
  field: string;
  /**
   * Calls the reducer. Rejections are told apart by `name`: `SenderError` from the server;
   * `NotConnectedError` and `UnknownOutcomeError` from `spacetimedb-stores`.
   */
  submit: (data: FormData) => Promise<void>;
  /** Checks the data before it is sent. A returned text stops the submission and is shown at `field`. */
  check?: (data: FormData) => string | undefined;
  /** The texts of the reader's language; English by default. */
  strings?: () => Strings;
  /** Called after a success, when the form has been reset. */
  onsuccess?: () => void;
}

/**
 * The action of one form. Attach `form` to the form and use `pending` and `problem` in the markup:
 *
 * ```svelte
 * <form method="post" novalidate {@attach action.form}>
 *   <input name="name" aria-invalid={action.problem !== undefined} />
 *   <button disabled={!action.ready}>Save</button>
 * ```
 *
 * Disable the button until `ready`: a prerendered page would post the form before then.
 */
export class FormAction {
  readonly #options: FormActionOptions;
  #pending = $state(false);
  #ready = $state(false);
  #problem = $state.raw<FormProblem>();

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

  /** Refocus the field, unless the focus has moved outside the form. */
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

/** Clears what was sent. Text typed while waiting for the answer stays. */
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
    // Bindings react to this event, not to the value.
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function textFields(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement)[] {
  return [...form.elements].filter(
    (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement,
  );
}
