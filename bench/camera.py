"""Cameras for measurements: gst-rtsp-server giving one file to everybody.

usage: camera.py FILE      prints its RTSP URL: /camera is one camera that all its clients watch,
                           /cameras a camera of its own for each client
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)


def factory(shared):
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(
        f'( filesrc location="{sys.argv[1]}" ! qtdemux name=d '
        "d.video_0 ! queue ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 "
        "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
    )
    made.set_shared(shared)
    return made


server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
server.get_mount_points().add_factory("/camera", factory(shared=True))
server.get_mount_points().add_factory("/cameras", factory(shared=False))
server.attach(None)
print(f"rtsp://127.0.0.1:{server.get_bound_port()}/camera", flush=True)
GLib.MainLoop().run()
