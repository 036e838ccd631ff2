// Writes docs/reference/openapi.json from the routes and schemas of lib/api.
import {writeFileSync} from 'node:fs';
import {describeApi} from '../lib/api/openapi.ts';
import {routes} from '../lib/api/routes/table.ts';

const file = new URL('../docs/reference/openapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(describeApi(routes), null, 2)}\n`);
