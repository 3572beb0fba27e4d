import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from './postgres.ts';

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
};

let filled = 0;
const template = async (url: string): Promise<void> => {
  filled += 1;
  const client = await connect(url);
  await client.query('create table things (name text)');
  await client.end();
};

describe('testDatabase', () => {
  const stops: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(stops.map((stop) => stop())));

  it('fills the template once and gives each caller a clone of its own', async () => {
    const [one, two] = await Promise.all([testDatabase({ template }), testDatabase({ template })]);
    stops.push(one.stop, two.stop);
    const [first, second] = await Promise.all([connect(one.url), connect(two.url)]);
    await first.query(`insert into things values ('mine')`);
    expect((await second.query('select * from things')).rows).toEqual([]);
    await Promise.all([first.end(), second.end()]);
    expect(filled).toBe(1);
  });

  it('fails the file that leaves a connection open', async () => {
    const database = await testDatabase();
    const forgotten = await connect(database.url);
    await expect(database.stop()).rejects.toThrow('Connections left open');
    await forgotten.end().catch(() => {});
  }, 15_000);
});
