/**
 * The configured template languages in the order to try them for a locale: exact (`es_AR`), the language alone (`es`),
 * any variant of the language, then the rest with the default first. Never empty.
 */
export function languagesFor(
  locale: string,
  configured: readonly [string, ...string[]],
): [string, ...string[]] {
  const [language = '', region = ''] = locale.replaceAll('-', '_').split('_');
  const exact = `${language.toLowerCase()}_${region.toUpperCase()}`;
  const chosen =
    configured.find((code) => code === exact) ??
    configured.find((code) => code === language.toLowerCase()) ??
    configured.find((code) => code.split('_')[0] === language.toLowerCase()) ??
    configured[0];
  return [chosen, ...configured.filter((code) => code !== chosen)];
}
