import { randomInt } from 'node:crypto';
import type { Json } from './json.ts';
import { languages } from './languages.ts';

export type TemplateStatus = 'PENDING' | 'APPROVED' | 'REJECTED' | 'PAUSED' | 'DISABLED';

export type Template = {
  readonly id: string;
  readonly wabaId: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  status: TemplateStatus;
  readonly components: readonly Json[];
  /** Seconds; -1 = 30 days. */
  readonly ttlSeconds: number;
  readonly securityAdvice: boolean;
  readonly expiryMinutes: number | null;
  readonly otpType: string;
};

/** The business account of every number that names no other. */
export const defaultWabaId = '102290129340398';

/**
 * The message templates of every business account. An account that never created one accepts any name in any
 * known language (a name starting with `unknown`, `paused` or `disabled` behaves as it says); from the first
 * one on it knows only its own.
 */
export class Templates {
  readonly #templates = new Map<string, Template>();
  readonly #strict = new Set<string>();

  add(draft: Omit<Template, 'id'>): Template {
    const template = { id: `16${randomInt(1e13, 1e14)}`, ...draft };
    this.#templates.set(keyOf(template.wabaId, template.name, template.language), template);
    this.#strict.add(template.wabaId);
    return template;
  }

  byId(id: string): Template | undefined {
    return [...this.#templates.values()].find((template) => template.id === id);
  }

  named(wabaId: string, name: string, language?: string): Template[] {
    return this.list(wabaId).filter(
      (template) => template.name === name && (language === undefined || template.language === language),
    );
  }

  list(wabaId: string): Template[] {
    return [...this.#templates.values()].filter((template) => template.wabaId === wabaId);
  }

  remove(template: Template): void {
    this.#templates.delete(keyOf(template.wabaId, template.name, template.language));
  }

  /** The template a send refers to; undefined where Meta answers 132001. */
  forSending(wabaId: string, name: string, language: string): Template | undefined {
    return (
      this.#templates.get(keyOf(wabaId, name, language)) ??
      (this.#strict.has(wabaId) ? undefined : assumed(wabaId, name, language))
    );
  }

  clear(): void {
    this.#templates.clear();
    this.#strict.clear();
  }
}

function keyOf(wabaId: string, name: string, language: string): string {
  return `${wabaId} ${name} ${language}`;
}

function assumed(wabaId: string, name: string, language: string): Template | undefined {
  if (name.startsWith('unknown') || !languages.has(language)) {
    return undefined;
  }
  return {
    id: '0',
    wabaId,
    name,
    language,
    // A name that speaks of a transaction is taken for the business' own template, with a place for it.
    category: /payment|signature|transaction/.test(name) ? 'UTILITY' : 'AUTHENTICATION',
    status: name.startsWith('paused') ? 'PAUSED' : name.startsWith('disabled') ? 'DISABLED' : 'APPROVED',
    components: [],
    ttlSeconds: 600,
    securityAdvice: true,
    expiryMinutes: 10,
    otpType: 'COPY_CODE',
  };
}
