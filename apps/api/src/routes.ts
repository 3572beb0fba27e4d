import { listAccounts, putAccount, removeAccount, showAccount } from './admin/accounts.ts';
import { showAudit } from './admin/audit.ts';
import { erasePerson } from './admin/erasures.ts';
import { createKey, listKeys, replaceKey, revokeKey } from './admin/keys.ts';
import { listTenants, putRoute, putTenant, showRoute, showTenant } from './admin/tenants.ts';
import { checkCode, takeFeedback } from './checks.ts';
import * as admin from './docs/admin.ts';
import * as checks from './docs/checks.ts';
import * as events from './docs/events.ts';
import * as proof from './docs/evidence.ts';
import * as ops from './docs/operations.ts';
import * as docs from './docs/verifications.ts';
import { listEvents, replayEvent, replayRange } from './events.ts';
import { showEvidence, showEvidenceKeys } from './evidence.ts';
import { jwks, landing, live, metricsText, openApi, ready } from './operations.ts';
import { type Route, row } from './route.ts';
import {
  createVerification,
  listVerifications,
  showTimeline,
  showVerification,
  steer,
} from './verifications.ts';
import { takeWebhook } from './webhooks.ts';

/** Every route of the API, one line each; the board under `/board` is a door of its own (`board/board.ts`). */
export const routes: readonly Route[] = [
  row('POST', '/v1/verifications', 'send', 'json', docs.create, createVerification),
  row('GET', '/v1/verifications', 'read', 'none', docs.list, listVerifications),
  row('GET', '/v1/verifications/:id', 'read', 'none', docs.show, showVerification),
  row('GET', '/v1/verifications/:id/timeline', 'read', 'none', docs.timeline, showTimeline),
  row('POST', '/v1/verifications/:id/next', 'send', 'json', docs.next, steer('next')),
  row('POST', '/v1/verifications/:id/resend', 'send', 'json', docs.resend, steer('resend')),
  row('POST', '/v1/verifications/:id/cancel', 'send', 'json', docs.cancel, steer('cancel')),
  row('GET', '/v1/tenants', 'operator', 'none', admin.tenants, listTenants),
  row('GET', '/v1/tenants/:tenant', 'operator', 'none', admin.tenant, showTenant),
  row('PUT', '/v1/tenants/:tenant', 'operator', 'json', admin.putTenant, putTenant),
  row('GET', '/v1/tenants/:tenant/route', 'operator', 'none', admin.showRoute, showRoute),
  row('PUT', '/v1/tenants/:tenant/route', 'operator', 'json', admin.putRoute, putRoute),
  row('GET', '/v1/tenants/:tenant/accounts', 'operator', 'none', admin.accounts, listAccounts),
  row('GET', '/v1/tenants/:tenant/accounts/:account', 'operator', 'none', admin.account, showAccount),
  row('PUT', '/v1/tenants/:tenant/accounts/:account', 'operator', 'json', admin.putAccount, putAccount),
  row(
    'DELETE',
    '/v1/tenants/:tenant/accounts/:account',
    'operator',
    'none',
    admin.removeAccount,
    removeAccount,
  ),
  row('GET', '/v1/tenants/:tenant/keys', 'operator', 'none', admin.keys, listKeys),
  row('POST', '/v1/tenants/:tenant/keys', 'operator', 'json', admin.createKey, createKey),
  row('POST', '/v1/tenants/:tenant/keys/:key/replace', 'operator', 'json', admin.replaceKey, replaceKey),
  row('DELETE', '/v1/tenants/:tenant/keys/:key', 'operator', 'none', admin.revokeKey, revokeKey),
  row('POST', '/v1/tenants/:tenant/erasures', 'operator', 'json', admin.erase, erasePerson),
  row('GET', '/v1/tenants/:tenant/audit', 'operator', 'none', admin.audit, showAudit),
  row('POST', '/v1/verifications/:id/check', 'check', 'json', checks.check, checkCode),
  row('POST', '/v1/verifications/:id/feedback', 'send', 'json', checks.feedback, takeFeedback),
  row('GET', '/v1/events', 'read', 'none', events.listEvents, listEvents),
  row('POST', '/v1/events/replay', 'admin', 'json', events.replayRange, replayRange),
  row('POST', '/v1/events/:id/replay', 'admin', 'json', events.replayEvent, replayEvent),
  row(['GET', 'POST'], '/webhooks/:provider/:tenant/:account', 'public', 'raw', ops.webhook, takeWebhook),
  row('GET', '/v1/verifications/:id/evidence', 'read', 'none', proof.evidence, showEvidence),
  row('GET', '/.well-known/evidence-keys.json', 'public', 'none', proof.evidenceKeys, showEvidenceKeys),
  row('GET', '/.well-known/jwks.json', 'public', 'none', ops.jwks, jwks),
  row('GET', '/healthz', 'public', 'none', ops.healthz, live),
  row('GET', '/readyz', 'public', 'none', ops.readyz, ready),
  row('GET', '/metrics', 'metrics', 'none', ops.metrics, metricsText),
  row('GET', '/openapi.json', 'public', 'none', ops.openApi, openApi),
  row('GET', '/', 'public', 'none', ops.landing, landing),
];
