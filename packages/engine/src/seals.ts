/** The seals of a verification are bound to its row, each for its own use. */
export const codeAad = (verificationId: string): string => `code:${verificationId}`;
export const recipientAad = (verificationId: string): string => `recipient:${verificationId}`;
