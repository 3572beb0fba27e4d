import type { Behaviour } from './behaviour.ts';
import { Director } from './director.ts';
import { behaviourOfMailbox, type MailBehaviour, mailBehaviours } from './mail-behaviours.ts';
import { metaBehaviours } from './meta-behaviours.ts';
import { twilioBehaviours } from './twilio-behaviours.ts';

export type Directors = {
  readonly meta: Director<Behaviour>;
  readonly twilio: Director<Behaviour>;
  readonly smtp: Director<MailBehaviour>;
};

/** Any area code but 500 (Twilio's own test numbers), exchange 555, then MM for Meta and TT for Twilio. */
const magic = /^\+1(?!500)\d{3}555(\d{2})(\d{2})$/;

export function createDirectors(): Directors {
  return {
    meta: phoneDirector(metaBehaviours, (to) => magic.exec(to)?.[1]),
    twilio: phoneDirector(twilioBehaviours, (to) => magic.exec(to)?.[2]),
    smtp: new Director<MailBehaviour>(mailBehaviours, behaviourOfMailbox, behaviourOfMailbox('ok@')),
  };
}

function phoneDirector(
  table: Readonly<Record<string, Behaviour>>,
  keyOf: (to: string) => string | undefined,
): Director<Behaviour> {
  const ordinary = table['00'] as Behaviour;
  return new Director<Behaviour>(table, (to) => table[keyOf(to) ?? '00'] ?? ordinary, ordinary);
}
