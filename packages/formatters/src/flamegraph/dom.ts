/* The part of a browser that the picture's script uses; the package is compiled without the DOM's own types. */

export interface ClientElement {
  textContent: string | null;
  readonly firstElementChild: ClientElement | null;
  readonly classList: { add(name: string): void; toggle(name: string, force: boolean): void };
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelector(selector: string): ClientElement | null;
  querySelectorAll(selector: string): Iterable<ClientElement>;
  append(...children: ClientElement[]): void;
  closest(selector: string): ClientElement | null;
  getBoundingClientRect(): { readonly width: number };
  addEventListener(type: string, listener: (event: ClientEvent) => void): void;
  focus(options?: { preventScroll: boolean }): void;
}

/** A search field or a button. */
export interface ClientControl extends ClientElement {
  value: string;
  disabled: boolean;
  select(): void;
}

export interface ClientEvent {
  readonly target: ClientElement;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  preventDefault(): void;
}

export interface ClientDocument {
  readonly documentElement: ClientElement;
  readonly activeElement: ClientElement | null;
  createElementNS(namespace: string, name: string): ClientElement;
  getElementById(id: string): ClientElement;
}

export interface ClientWindow {
  readonly document: ClientDocument;
  readonly location: { hash: string; replace(url: string): void };
  readonly scrollY: number;
  addEventListener(type: string, listener: (event: ClientEvent) => void, options?: { passive: boolean }): void;
}
