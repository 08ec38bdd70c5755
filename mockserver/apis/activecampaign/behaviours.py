"""The functions that ActiveCampaign's document names, by their names. What they do stands in the module of each resource."""

from __future__ import annotations

from mockserver.apis.activecampaign import (
    account,
    accounts,
    activities,
    contacts,
    custom_fields,
    deals,
    links,
    notes,
    outcomes,
    pipelines,
    stages,
    tags,
    tasks,
    users,
    webhooks,
)
from mockserver.functions import Function, Functions


def _named(*functions: Function) -> dict[str, Function]:
    return {function.__name__: function for function in functions}


BEHAVIOURS = _named(
    account.get_root,
    contacts.sync_contact,
    custom_fields.bulk_create_deal_custom_field_data,
    custom_fields.bulk_update_deal_custom_field_data,
    custom_fields.create_deal_custom_field_datum,
    deals.bulk_update_deals,
    links.get_activity_of_deal_activity,
    links.get_done_automation_of_deal_task,
    links.get_next_task_of_deal,
    links.get_owner_of_deal_task,
    links.get_owner_of_note,
    pipelines.get_inaccessible_deal_groups,
    stages.move_deals_to_stage,
    tags.create_contact_tag,
    tasks.delete_deal_tasktype,
    tasks.move_tasks_to_tasktype,
    users.get_current_user,
    users.get_user_by_email,
    users.get_user_by_username,
    webhooks.list_webhook_events,
)

PREPARE = _named(
    accounts.complete_account,
    contacts.complete_contact,
    custom_fields.complete_deal_custom_field_datum,
    custom_fields.complete_deal_custom_field_metum,
    deals.complete_deal,
    notes.complete_note,
    outcomes.complete_task_outcome,
    outcomes.complete_tasktype_outcome_rel,
    pipelines.complete_deal_group,
    stages.complete_deal_stage,
    tasks.complete_deal_task,
    tasks.complete_deal_tasktype,
)

EFFECTS = _named(
    accounts.name_account_of_contact,
    contacts.record_contact_activity,
    deals.record_deal_activities,
    deals.save_custom_fields,
    notes.record_note_activity,
    notes.touch_noted_contact,
    pipelines.open_first_stages,
    pipelines.replace_group_members,
    stages.move_deals_with_stage,
    stages.number_stages,
    stages.touch_pipeline,
    tags.touch_tagged_contact,
    tasks.record_task_activity,
    tasks.refresh_next_task,
)

RULES = _named(
    accounts.account_name_is_free,
    accounts.contact_is_without_account,
    contacts.contact_not_yet_in_deal,
    custom_fields.created_values_fit,
    custom_fields.custom_fields_fit,
    custom_fields.deal_and_field_exist,
    custom_fields.updated_values_fit,
    custom_fields.value_fits_field,
    deals.bulk_owners_exist,
    deals.contact_or_account_stays,
    deals.owner_assignable,
    deals.stage_in_pipeline,
    notes.note_subject_exists,
    outcomes.outcome_title_is_free,
    outcomes.tasktype_lacks_outcome,
    pipelines.group_members_exist,
    pipelines.user_and_deals_are_named,
    stages.target_stage_in_pipeline,
    tags.contact_and_tag_exist,
    tags.tag_is_new,
    tasks.target_tasktype_exists,
    tasks.task_owner_exists,
)

VALUES = _named(
    account.nothing,
    accounts.account_contact_count,
    accounts.account_deal_count,
    activities.activity_stage_id,
    contacts.contact_email_domain,
    contacts.contact_orgid,
    contacts.contact_orgname,
    contacts.contacts_page_input,
    deals.currency_totals,
    deals.custom_field_save_status,
    deals.next_task,
    deals.sent_fields,
    notes.activitycount_before_note,
    notes.note_owner,
    notes.sent_note_owner,
    outcomes.outcome_sentiment,
    outcomes.sent_disabled,
    tasks.task_owner,
)

FILTERS = _named(
    activities.exclude_activities,
    contacts.exclude_contact,
    contacts.phone_begins,
    contacts.search_contacts,
    deals.contact_tagged,
    deals.next_task_due,
    deals.of_organization,
    deals.score_above,
    deals.score_below,
    deals.score_equal,
    deals.search_deals,
    outcomes.outcome_of_sentiment,
    tags.tag_after,
    tags.tag_before,
    tags.tag_begins,
    tags.tag_differs,
    tags.tag_from,
    tags.tag_up_to,
    tasks.task_due_in_range,
)

ORDERS = _named(deals.contact_organization_name, deals.next_action, tags.tag_search_order)

VISIBLE = _named(deals.deal_visibility)

FUNCTIONS = Functions(
    behaviours=BEHAVIOURS, prepare=PREPARE, effects=EFFECTS, rules=RULES, values=VALUES, filters=FILTERS, orders=ORDERS, visible=VISIBLE
)
