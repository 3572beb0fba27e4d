import type { World } from '../world.ts';
import { senderOfWaba } from './account.ts';
import type { Template, TemplateStatus } from './templates.ts';
import { postWebhook } from './webhook.ts';

/** Changes a template's status and tells its business account by `message_template_status_update`. */
export function changeStatus(world: World, template: Template, status: TemplateStatus): void {
  template.status = status;
  const sender = senderOfWaba(world, template.wabaId);
  if (sender === undefined) {
    return;
  }
  const value = {
    event: status,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    // Meta prints en-US here where its API says en_US.
    message_template_language: template.language.replace('_', '-'),
    reason: status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    message_template_category: template.category,
    ...extra(status),
  };
  const payload = {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: template.wabaId,
        time: Math.floor(Date.now() / 1000),
        changes: [{ value, field: 'message_template_status_update' }],
      },
    ],
  };
  void postWebhook(world, sender, payload, () => {});
}

/** Meta's review: a name starting with `rejected`, `paused` or `disabled` ends there, all others in APPROVED. */
export function review(world: World, template: Template): void {
  const { templateReviewMs } = world.settings;
  const end = /^(rejected|paused|disabled)/.exec(template.name)?.[1]?.toUpperCase() as
    | TemplateStatus
    | undefined;
  world.schedule.after(templateReviewMs, () => {
    changeStatus(world, template, end === 'REJECTED' ? end : 'APPROVED');
    if (end === 'PAUSED' || end === 'DISABLED') {
      world.schedule.after(templateReviewMs, () => changeStatus(world, template, end));
    }
  });
}

function extra(status: TemplateStatus): Record<string, unknown> {
  switch (status) {
    case 'PAUSED':
      return {
        other_info: {
          title: 'FIRST_PAUSE',
          description: 'The template was paused for 3 hours: low quality.',
        },
      };
    case 'DISABLED':
      return {
        disable_info: { disable_date: new Date().toISOString().slice(0, 10) },
        other_info: { title: 'DISABLED', description: 'The template was disabled: low quality.' },
      };
    default:
      return {};
  }
}
