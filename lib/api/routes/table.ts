import type {Route} from '../route.ts';
import {configRoutes} from './config-paths.ts';
import {controlRoutes} from './control.ts';
import {healthRoutes} from './health.ts';
import {infoRoutes} from './info.ts';
import {pathRoutes} from './paths.ts';
import {pushRoutes} from './push.ts';
import {readerRoutes} from './readers.ts';
import {rtmpRoutes} from './rtmp.ts';
import {rtspRoutes} from './rtsp.ts';

/** Every row of the API, in the order of its description. */
export const routes: readonly Route[] = [
	...infoRoutes,
	...pathRoutes,
	...pushRoutes,
	...controlRoutes,
	...rtspRoutes,
	...rtmpRoutes,
	...readerRoutes,
	...configRoutes,
	...healthRoutes,
];
