/** The addresses in what was sealed; what is not there was sealed as ''. */
export function addressesOf(sealed: string): { readonly phone?: string; readonly email?: string } {
  const { phone, email } = JSON.parse(sealed) as { readonly phone: string; readonly email: string };
  return { ...(phone !== '' && { phone }), ...(email !== '' && { email }) };
}
