/** Data that is no profile; the message says where. */
export class ProfileDataError extends Error {
  override readonly name = "ProfileDataError";
}
