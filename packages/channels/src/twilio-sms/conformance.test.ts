import { conforms } from '../conformance/conforms.ts';
import { twilioRig } from '../conformance/twilio-sms.ts';

conforms('twilio-sms', twilioRig);
