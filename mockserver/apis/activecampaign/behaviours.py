"""The functions that ActiveCampaign's document names, by their names. What they do stands in the module of each resource."""

from __future__ import annotations

from mockserver.apis.activecampaign import account, activities, contacts, custom_fields, deals, notes, pipelines, stages, tasks
from mockserver.functions import Function, Functions


def _named(*functions: Function) -> dict[str, Function]:
    return {function.__name__: function for function in functions}


BEHAVIOURS = _named(
    account.get_root,
    custom_fields.bulk_create_deal_custom_field_data,
    custom_fields.bulk_update_deal_custom_field_data,
    custom_fields.create_deal_custom_field_datum,
    deals.bulk_update_deals,
    stages.move_deals_to_stage,
    tasks.delete_deal_tasktype,
    tasks.move_tasks_to_tasktype,
)

PREPARE = _named(
    contacts.complete_contact,
    custom_fields.complete_deal_custom_field_datum,
    custom_fields.complete_deal_custom_field_metum,
    deals.complete_deal,
    notes.complete_note,
    pipelines.complete_deal_group,
    stages.complete_deal_stage,
    tasks.complete_deal_task,
    tasks.complete_deal_tasktype,
)

EFFECTS = _named(
    contacts.record_contact_activity,
    deals.record_deal_activities,
    deals.save_custom_fields,
    notes.record_note_activity,
    pipelines.open_first_stages,
    pipelines.replace_group_members,
    stages.move_deals_with_stage,
    stages.number_stages,
    stages.touch_pipeline,
    tasks.record_task_activity,
    tasks.refresh_next_task,
)

RULES = _named(
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
    pipelines.group_members_exist,
    stages.target_stage_in_pipeline,
    tasks.target_tasktype_exists,
    tasks.task_owner_exists,
)

VALUES = _named(
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
    tasks.task_owner,
)

FILTERS = _named(
    activities.exclude_activities,
    contacts.search_contacts,
    deals.contact_tagged,
    deals.next_task_due,
    deals.of_organization,
    deals.score_above,
    deals.score_below,
    deals.score_equal,
    deals.search_deals,
    tasks.task_due_in_range,
)

ORDERS = _named(deals.contact_organization_name, deals.next_action)

VISIBLE = _named(deals.deal_visibility)

FUNCTIONS = Functions(
    behaviours=BEHAVIOURS, prepare=PREPARE, effects=EFFECTS, rules=RULES, values=VALUES, filters=FILTERS, orders=ORDERS, visible=VISIBLE
)
