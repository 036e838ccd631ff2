#!/usr/bin/python3
"""gst-rtsp-server as one that takes ANNOUNCE and RECORD at /live of 127.0.0.1, on a free port.

usage: gst_rtsp_recorder.py LAUNCH [SECONDS]
LAUNCH's depayloaders are called depay0, depay1 ... A session of which nothing is heard for SECONDS is ended. Prints its
port, then a line for each client that comes and each that goes; exits when its standard input ends.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def end_silent(server, seconds):
    pool = server.get_session_pool()

    def clean():
        pool.cleanup()
        return True

    def come(_, client):
        print("came", flush=True)
        client.connect("new-session", lambda _, session: session.set_timeout(seconds))
        client.connect("closed", lambda _: print("went", flush=True))

    server.connect("client-connected", come)
    GLib.timeout_add(200, clean)


def main():
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.set_launch(sys.argv[1])
    server.get_mount_points().add_factory("/live", factory)
    if len(sys.argv) > 2:
        end_silent(server, int(sys.argv[2]))
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


main()
