/** An SMTP reply that says no; smtp-server wants it as an Error with a `responseCode`. */
export function smtpFailure(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
