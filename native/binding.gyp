# For machines without CMake: `node build/gyp.mjs`. It lies here because node-gyp owns, and empties, the folder
# `build` beside it. The sources are the ones that CMakeLists.txt finds: every .cpp of a layer's folder.
{
  'variables': {
    'gstreamer': 'gstreamer-1.0 gstreamer-base-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-audio-1.0 libsrtp2',
  },
  'targets': [{
    'target_name': 'sluice',
    'sources': ['<!@(find core io gst pipelines binding -maxdepth 1 -name "*.cpp")'],
    'include_dirs': ['.'],
    'defines': [
      'NAPI_VERSION=9',
      'NODE_ADDON_API_CPP_EXCEPTIONS',
      'SLUICE_VERSION="<!(node -p "require(\'../package.json\').version")"',
    ],
    'cflags': [
      '-isystem', '<!(node -p "require(\'path\').dirname(require.resolve(\'node-addon-api\'))")',
      '<!@(pkg-config --cflags <(gstreamer))',
      '-Wall', '-Wextra', '-fvisibility=hidden',
    ],
    'cflags_cc': ['-std=c++20'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
    'ldflags': ['-Wl,-z,nodelete'],
    'libraries': ['<!@(pkg-config --libs <(gstreamer))', '-lpthread'],
  }],
}
