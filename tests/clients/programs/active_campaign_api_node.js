// Journeys with the client `active-campaign-api-node`: `active_campaign_api_node.js ORIGIN TOKEN JOURNEY` prints what it saw, as JSON.
// The client hands through axios: a promise of {status, data}, rejected where the status is not 2xx.

const ActiveCampaign = require('active-campaign-api-node');

async function data(promise) {
  return (await promise).data;
}

async function refusal(promise) {
  try {
    const { status } = await promise;
    return { unexpectedly: status };
  } catch (error) {
    if (!error.response) throw error;
    return { message: error.message, status: error.response.status, data: error.response.data };
  }
}

async function pipelines({ deals }) {
  const made = await deals.pipeline.create({ dealGroup: { title: 'Kite school', currency: 'eur', autoassign: 1, allusers: 1 } });
  const { id } = made.data.dealGroup;
  const stage = await data(deals.stage.create({ dealStage: { title: 'Signed', group: id } }));
  await deals.stage.update(stage.dealStage.id, { dealStage: { title: 'Signed and paid' } });
  const deal = await data(
    deals.deal.create({ deal: { title: 'Course', value: 9900, currency: 'eur', contact: '31', group: id } }),
  );
  const seen = {
    status: made.status,
    automatic: made.data.dealStages.map(({ title }) => title),
    stages: (await data(deals.pipeline.retrieve(id))).dealGroup.stages.length,
    last: (await data(deals.stage.retrieve(stage.dealStage.id))).dealStage.title,
    updated: (await data(deals.pipeline.update(id, { dealGroup: { title: 'Kite and sail school' } }))).dealGroup.title,
    found: (await data(deals.pipeline.listAll({ 'filters[title]': 'sail school' }))).dealGroups.map((one) => one.id === id),
    deleted: await data(deals.pipeline.delete(id)),
  };
  return { ...seen, deal: await refusal(deals.deal.retrieve(deal.deal.id)), stage: await refusal(deals.stage.retrieve(stage.dealStage.id)) };
}

async function deals({ deals: { deal, secondaryContract } }) {
  const made = await deal.create({ deal: { title: 'Course', value: 9900, currency: 'usd', contact: 31, stage: 11, owner: 4 } });
  const { id } = made.data.deal;
  const updated = await deal.update(id, { deal: { status: 2, value: '12000' } });
  const note = await deal.CreateDealNote(id, { note: { note: 'Call in May' } });
  const second = await data(secondaryContract.create({ contactDeal: { deal: id, contact: 35, role: 1 } }));
  return {
    statuses: [made.status, updated.status, note.status],
    echoed: [made.data.deal.contact, made.data.deal.value, updated.data.deal.value, updated.data.deal.status],
    read: (await data(deal.retrieve(id))).deal,
    note: note.data.note.note,
    second: (await data(secondaryContract.retrieve(second.contactDeal.id))).contactDeal,
    seconds: (await data(secondaryContract.listAll({ limit: 100 }))).contactDeals.filter((one) => one.deal === id).length,
    deleted: await data(deal.delete(id)),
    gone: await refusal(deal.retrieve(id)),
    secondGone: await refusal(secondaryContract.retrieve(second.contactDeal.id)),
  };
}

async function lists({ deals: { deal }, contacts, scores, tags, users }) {
  const pages = [];
  for (let offset = 0; offset < 60; offset += 15) {
    pages.push(await data(deal.listAll({ limit: 15, offset, 'orders[title]': 'ASC', 'filters[status]': 0 })));
  }
  const listed = await data(contacts.contact.listAll({ ids: [31, 35], 'orders[email]': 'ASC' }));
  return {
    titles: pages.flatMap((page) => page.deals.map(({ title }) => title)),
    statuses: [...new Set(pages.flatMap((page) => page.deals.map(({ status }) => status)))],
    totals: [...new Set(pages.map((page) => page.meta.total))],
    contacts: listed.contacts.map(({ id }) => id),
    scores: (await data(scores.score.listAll())).scores.length,
    tags: (await data(tags.tag.listAll({ limit: 100 }))).tags.length,
    me: (await data(users.user.retrieveLoggedIn())).user.username,
  };
}

async function fields({ deals: { customDealField, customDealFieldValue } }) {
  const field = await data(customDealField.create({ dealCustomFieldMetum: { fieldLabel: 'Line length', fieldType: 'number' } }));
  const customFieldId = Number(field.dealCustomFieldMetum.id);
  const value = await data(customDealFieldValue.create({ dealCustomFieldDatum: { dealId: 207, customFieldId, fieldValue: 25 } }));
  const bulk = await data(customDealFieldValue.bulkCreateCustomFieldValue([{ dealId: 208, customFieldId, fieldValue: 30 }]));
  const { id } = value.dealCustomFieldDatum;
  await customDealFieldValue.update(id, { dealCustomFieldDatum: { fieldValue: 26 } });
  const rows = await data(customDealFieldValue.listAll({ 'filters[dealId]': 208, limit: 100 }));
  return {
    bulk,
    one: (await data(customDealFieldValue.retrieve(id))).dealCustomFieldDatum.fieldValue,
    deals: rows.dealCustomFieldData.filter((row) => row.customFieldId === customFieldId).map(({ dealId, fieldValue }) => [dealId, fieldValue]),
    label: (await data(customDealField.retrieve(customFieldId))).dealCustomFieldMetum.fieldLabel,
    deleted: await data(customDealField.delete(customFieldId)),
    gone: await refusal(customDealFieldValue.retrieve(id)),
  };
}

async function others({ accounts, contacts, notes, tasks, taskTypes, webhooks }) {
  const synced = await contacts.contact.createOrUpdate({ contact: { email: 'ana.new@kites.example', firstName: 'Ana' } });
  const contact = synced.data.contact.id;
  const account = await accounts.account.createAccount({ account: { name: 'Kite school' } });
  const accountId = account.data.account.id;
  const link = await data(
    accounts.accountContactAssociation.createAssociation({ accountContact: { account: accountId, contact, jobTitle: 'Teacher' } }),
  );
  const type = await data(taskTypes.taskType.create({ dealTasktype: { title: 'Wind check' } }));
  const task = await data(
    tasks.task.create({ dealTask: { relid: 211, duedate: '2024-04-02T10:00:00-05:00', dealTasktype: type.dealTasktype.id, title: 'Look' } }),
  );
  const note = await data(notes.note.create({ note: { note: 'Windy', relid: 35, reltype: 'Subscriber' } }));
  const hook = await data(
    webhooks.webhook.create({ webhook: { name: 'Wind', url: 'https://kites.example/hook', events: ['deal_add'], sources: ['admin'] } }),
  );
  return {
    statuses: [account.status, synced.status],
    account: (await data(accounts.account.retrieveAccount(accountId))).account.name,
    link: (await data(accounts.accountContactAssociation.retrieveAssociation(link.accountContact.id))).accountContact.jobTitle,
    again: await refusal(accounts.accountContactAssociation.createAssociation({ accountContact: { account: 9, contact } })),
    task: (await data(tasks.task.retrieve(task.dealTask.id))).dealTask.dealTasktype === type.dealTasktype.id,
    moved: await data(taskTypes.taskType.MoveTaskToAnotherTaskType(type.dealTasktype.id, { dealTask: { dealTasktype: 1 } })),
    note: (await data(notes.note.retrieve(note.note.id))).note.note,
    hook: (await data(webhooks.webhook.retrieve(hook.webhook.id))).webhook.events,
    deleted: [
      await data(notes.note.delete(note.note.id)),
      await data(webhooks.webhook.delete(hook.webhook.id)),
      await data(tasks.task.delete(task.dealTask.id)),
      await data(accounts.account.deleteAccount(accountId)),
    ],
    typeKept: await refusal(taskTypes.taskType.delete(type.dealTasktype.id)),
  };
}

async function errors({ deals: { deal, stage, customDealFieldValue }, lists: { list }, baseApiUrl }) {
  const nobody = new ActiveCampaign({ apiUrl: baseApiUrl.replace('/api/3', ''), apiKey: 'invalid-key' });
  return {
    missing: await refusal(deal.retrieve(99999)),
    refused: await refusal(deal.create({ deal: { title: 'Without the rest' } })),
    forbidden: await refusal(nobody.deals.deal.listAll()),
    notServed: await refusal(list.listAll()),
    // Where this client departs from the service's documentation: a method, and a path.
    moveByPost: await refusal(stage.moveDealToAnotherStage(12, { deal: { stage: 13 } })),
    bulkByPut: await refusal(customDealFieldValue.bulkUploadCustomFieldValue([{ id: 64, fieldValue: 'Small' }])),
    noteWithoutNumber: await refusal(deal.updateDealNote(207, { note: { note: 'lost' } })),
  };
}

const JOURNEYS = { pipelines, deals, lists, fields, others, errors };

async function main([apiUrl, apiKey, journey]) {
  process.stdout.write(JSON.stringify(await JOURNEYS[journey](new ActiveCampaign({ apiUrl, apiKey }))));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.response ? JSON.stringify([error.config.method, error.config.url, error.response.status, error.response.data]) : error);
  process.exit(1);
});
