/** From one picture of a camera to the next. */
export const pictureMs = 40;

/** Sends as many pictures as time has passed, however late a timer is. */
export class CameraClock {
	#startMs: number | undefined;

	due(sent: number): number {
		const now = performance.now();
		this.#startMs ??= now;
		return Math.floor((now - this.#startMs) / pictureMs) + 1 - sent;
	}
}
