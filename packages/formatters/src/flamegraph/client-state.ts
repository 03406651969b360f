import type { ClientControl, ClientDocument, ClientElement, ClientWindow } from "./dom.ts";

/** A frame of the picture, in the browser. */
export interface ClientFrame {
  readonly element: ClientElement;
  readonly rect: ClientElement;
  readonly title: string;
  /** The title without its numbers. */
  readonly text: string;
  readonly start: number;
  readonly count: number;
  readonly depth: number;
  label: ClientElement | null;
  shown: boolean;
  /** Where and how wide it is drawn; "" as long as that is as the file has it. */
  place: string;
}

/** What the picture's script knows of it. */
export interface Client {
  readonly window: ClientWindow;
  readonly document: ClientDocument;
  readonly root: ClientElement;
  /** In preorder; the first is the root. */
  readonly frames: readonly ClientFrame[];
  /** Place in `frames`, by element. */
  readonly places: ReadonlyMap<ClientElement | null, number>;
  readonly input: ClientControl;
  readonly reset: ClientControl;
  readonly result: ClientElement;
  readonly titleText: string;
  readonly subtitleText: string;
  readonly height: number;
  zoom: number;
  focused: number;
  /** Frame whose numbers are shown; -1 for none. */
  detail: number;
}
