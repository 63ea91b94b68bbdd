/** The custom element `<spacetimedb-chat>`. Its interface is documented in `spacetimedb-chat.d.ts`. */
import { NotConnectedError } from 'spacetimedb-stores';
import { mount, unmount } from 'svelte';
import { en } from '../lib/i18n/en.ts';
import { loadStrings } from '../lib/i18n/languages.ts';
import type { Strings } from '../lib/i18n/strings.ts';
import { containKeys } from './contain-keys.ts';
import { attributes, readOptions, type Options } from './options.ts';
import { scriptOrigin } from './script-origin.ts';
import type { Lease } from './shared-chats.ts';
import { widgetSheet } from './style-sheet.ts';
import type { ConnectionStatus, Mode, Side, Theme, TokenStorage } from './spacetimedb-chat.d.ts';
import Widget from './Widget.svelte';

const ownServer = scriptOrigin(import.meta.url);

export class SpacetimedbChat extends HTMLElement {
  static readonly observedAttributes: readonly string[] = attributes;

  #options = $state.raw(readOptions(this));
  #overrides: Partial<Strings> = {};
  #spoken = $state.raw<Strings>();
  #strings = $state.raw<Strings>(en);
  #inView = $state(false);
  #widget: ReturnType<typeof mountWidget> | undefined;
  #observer: IntersectionObserver | undefined;
  #releaseKeys: (() => void) | undefined;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [widgetSheet()];
  }

  connectedCallback(): void {
    for (const name of ownProperties) this.#upgrade(name);
    this.#options = readOptions(this);
    void this.#start();
  }

  disconnectedCallback(): void {
    // An element that is only moved is connected again by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  attributeChangedCallback(): void {
    this.#options = readOptions(this);
    if (this.isConnected) void this.#speak();
  }

  // Attributes as properties

  get uri(): string {
    return this.getAttribute('uri') ?? '';
  }
  set uri(value: string | null | undefined) {
    this.#reflect('uri', value);
  }

  get database(): string {
    return this.getAttribute('database') ?? '';
  }
  set database(value: string | null | undefined) {
    this.#reflect('database', value);
  }

  get mode(): Mode {
    return this.#options.mode;
  }
  set mode(value: Mode | null | undefined) {
    this.#reflect('mode', value);
  }

  get opened(): boolean {
    return this.hasAttribute('opened');
  }
  set opened(value: boolean | null | undefined) {
    this.toggleAttribute('opened', Boolean(value));
  }

  get side(): Side {
    return this.#options.side;
  }
  set side(value: Side | null | undefined) {
    this.#reflect('side', value);
  }

  get theme(): Theme {
    return this.#options.theme;
  }
  set theme(value: Theme | null | undefined) {
    this.#reflect('theme', value);
  }

  get tokenStorage(): TokenStorage {
    return this.#options.tokenStorage;
  }
  set tokenStorage(value: TokenStorage | null | undefined) {
    this.#reflect('token-storage', value);
  }

  get eager(): boolean {
    return this.hasAttribute('eager');
  }
  set eager(value: boolean | null | undefined) {
    this.toggleAttribute('eager', Boolean(value));
  }

  get heading(): string {
    return this.getAttribute('heading') ?? '';
  }
  set heading(value: string | null | undefined) {
    this.#reflect('heading', value);
  }

  get label(): string {
    return this.getAttribute('label') ?? '';
  }
  set label(value: string | null | undefined) {
    this.#reflect('label', value);
  }

  get launcherText(): string {
    return this.getAttribute('launcher-text') ?? '';
  }
  set launcherText(value: string | null | undefined) {
    this.#reflect('launcher-text', value);
  }

  get strings(): Partial<Strings> {
    return this.#overrides;
  }
  set strings(value: Partial<Strings> | null | undefined) {
    this.#overrides = { ...value };
    this.#strings = { ...(this.#spoken ?? en), ...this.#overrides };
  }

  // Read-only state

  get unread(): number {
    return this.#widget?.currentUnread() ?? 0;
  }

  get status(): ConnectionStatus {
    return this.#widget?.currentStatus() ?? 'idle';
  }

  // Methods

  open(): void {
    this.opened = true;
  }

  close(): void {
    this.opened = false;
  }

  async send(text: string): Promise<void> {
    await (await this.#chat()).chat.sendMessage(text);
  }

  async setName(name: string): Promise<void> {
    await (await this.#chat()).chat.setName(name);
  }

  async #chat(): Promise<Lease> {
    await this.#start();
    const lease = await this.#widget?.start();
    if (lease) return lease;
    throw new NotConnectedError('The chat is not connected.');
  }

  /** Properties set before the script was loaded shadow the accessors of the class. */
  #upgrade(name: (typeof ownProperties)[number]): void {
    if (!Object.hasOwn(this, name)) return;
    const value: unknown = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  #reflect(name: string, value: string | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  /** Renders the widget in its language. */
  async #start(): Promise<void> {
    await this.#speak();
    if (!this.isConnected || this.#widget || !this.shadowRoot) return;
    this.#observer = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? false;
    });
    this.#widget = mountWidget(this.shadowRoot, this, {
      options: () => this.#options,
      strings: () => this.#strings,
      inView: () => this.#inView,
    });
    this.#releaseKeys = containKeys(this.shadowRoot);
    const [panel] = this.shadowRoot.querySelectorAll('[part=panel]');
    if (panel) this.#observer.observe(panel);
  }

  #stop(): void {
    const widget = this.#widget;
    this.#widget = undefined;
    this.#releaseKeys?.();
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#inView = false;
    if (widget) void unmount(widget);
  }

  async #speak(): Promise<void> {
    const { language } = this.#options;
    if (this.#spoken && this.#language === language) return;
    this.#language = language;
    // Fall back to English.
    const spoken = await loadStrings(language).catch(() => en);
    if (this.#language !== language) return;
    this.#spoken = spoken;
    this.strings = this.#overrides;
  }
  #language: string | undefined;
}

const ownProperties = [
  'uri',
  'database',
  'mode',
  'opened',
  'side',
  'theme',
  'tokenStorage',
  'eager',
  'heading',
  'label',
  'launcherText',
  'strings',
] as const;

function mountWidget(
  target: ShadowRoot,
  element: SpacetimedbChat,
  view: { options: () => Options; strings: () => Strings; inView: () => boolean },
) {
  return mount(Widget, {
    target,
    props: {
      get options() {
        return view.options();
      },
      server: ownServer,
      get strings() {
        return view.strings();
      },
      get inView() {
        return view.inView();
      },
      emit: (name: string, detail: unknown) => element.dispatchEvent(new CustomEvent(name, { detail })),
      onopened: (opened: boolean) => (element.opened = opened),
    },
  });
}
