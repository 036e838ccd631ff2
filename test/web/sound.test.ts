import test from 'ava';
import {openBrowser} from '../helpers/browser.ts';
import {startCamera} from '../helpers/camera.ts';
import {startPaths} from '../helpers/server.ts';

const pictures =
	'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ! ' +
	'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=12 ! rtph264pay name=pay0 pt=96';

const sounds = {
	'G.711': 'audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1',
	MP3: 'audio/x-raw,rate=44100,channels=2 ! lamemp3enc ! mpegaudioparse ! rtpmpapay name=pay1',
};

for (const [codec, sound] of Object.entries(sounds)) {
	test.serial(
		`the sound of a camera with ${codec} is heard in Chromium, beside its pictures`,
		async t => {
			const launch = `( ${pictures} audiotestsrc is-live=true ! ${sound} )`;
			const {url: source} = await startCamera(t, {launch});
			const {url} = await startPaths(t, {cam: {source}}, {hlsSegmentDuration: '500ms'});
			const {page, errors} = await openBrowser(t);
			await page.goto(`${url}/cam/?transport=hls`);
			// Decoded on and on, not once.
			await page.waitForFunction(() => {
				const video = document.querySelector('video') as
					(HTMLVideoElement & {webkitAudioDecodedByteCount: number}) | null;
				return video && video.currentTime > 1.5 && video.webkitAudioDecodedByteCount > 20_000;
			});
			t.deepEqual(errors, []);
		},
	);
}
