import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { keepFiles } from './build/keep_files'
import { leanHls } from './build/lean_hls'
import { precompress } from './build/precompress'
import { preloadShell, SHELL, shellChunks } from './build/shell'

// Where `npm run dev` finds a running daemon.
const daemon = process.env['AIRCLASS_URL'] ?? 'http://127.0.0.1:8080'

const shellChunk = shellChunks()

export default defineConfig({
  plugins: [leanHls(), vue(), preloadShell(), keepFiles(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true, // src/messages/compile.ts
  },
  build: {
    // Phones of 2019 and later; WebView 80 is the oldest that plays our fMP4 by MSE.
    target: ['chrome80', 'safari14', 'firefox78'],
    // The content security policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: {
        index: fileURLToPath(new URL('./index.html', import.meta.url)),
        'service-worker': fileURLToPath(new URL('./src/service_worker/worker.ts', import.meta.url)),
      },
      output: {
        // A worker stands at the root, under one name: it is asked for by it for ever.
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js',
        // The player is for every page that is in a lesson; the engine comes after it. Where
        // somebody stopped is told on the first page too, which has no player. (What fetches
        // code would take Vite's helper for it into the player's chunk, from the entry's.)
        manualChunks: (id, meta) => {
          const shell = shellChunk(id, meta)
          if (shell !== undefined) return shell
          // Titles are on the pages that a weak line waits for: not two requests of their own.
          if (/\/src\/(look\/PhrasedText|format\/phrases)/.test(id)) return SHELL
          if (id.includes('/node_modules/hls.js/')) return 'hls'
          return /\/src\/player\/(?!hls_engine|known_playlists|create_engine|place)/.test(id) ? 'player' : undefined
        },
      },
    },
  },
  server: {
    host: '127.0.0.1', // a bare system may not know the name localhost
    proxy: {
      '/api': daemon,
      '/live': daemon,
      '/classroom': { target: daemon, ws: true },
    },
  },
  test: { environment: 'node', include: ['tests/**/*.test.ts'], setupFiles: ['tests/setup.ts'] },
})
