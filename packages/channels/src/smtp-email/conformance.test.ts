import { conforms } from '../conformance/conforms.ts';
import { smtpRig } from '../conformance/smtp-email.ts';

conforms('smtp-email', smtpRig);
