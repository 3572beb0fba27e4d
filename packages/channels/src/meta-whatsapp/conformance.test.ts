import { conforms } from '../conformance/conforms.ts';
import { metaRig } from '../conformance/meta-whatsapp.ts';

conforms('meta-whatsapp', metaRig);
