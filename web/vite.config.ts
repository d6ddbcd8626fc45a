/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const SERVER = process.env.QUICKVIBE_SERVER ?? 'http://localhost:4173'

/**
 * Sonner adds its styles in a `<style>` element, which a strict content security policy refuses. We import
 * its style sheet instead (`src/app/styles.css`), so the element is taken out.
 */
function sonnerWithoutInlineStyles(): Plugin {
  return {
    name: 'sonner-without-inline-styles',
    transform(code, id) {
      if (!/sonner[\\/]dist[\\/]index\.m?js/.test(id)) return null
      const start = code.indexOf('__insertCSS("')
      if (start < 0) this.error('sonner no longer injects its styles this way: check this plugin')
      return {
        code: `${code.slice(0, start)}void ("${code.slice(start + '__insertCSS("'.length)}`,
        map: null,
      }
    },
  }
}

/**
 * xterm adds style elements and writes style attributes, both of which a strict content security policy refuses. The
 * elements are given the page's nonce (`src/app/main.tsx`); an attribute becomes the property, which is allowed.
 */
function xtermUnderPolicy(): Plugin {
  const element = /[\w.]+\.createElement\("style"\)/g
  const attribute = /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/g
  return {
    name: 'xterm-under-policy',
    transform(code, id) {
      if (!/@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs/.test(id)) return null
      const found = [code.match(element)?.length, code.match(attribute)?.length].join()
      if (found !== '3,1') this.error(`xterm styles itself another way (${found}): check this plugin`)
      return {
        code: code
          .replace(element, 'Object.assign($&,{nonce:globalThis.__webpack_nonce__??""})')
          .replace(attribute, '$1.style.cssText+=`${$2};`'),
        map: null,
      }
    },
  }
}

/** `npm run dev:mock` serves MSW's worker and the mock preview; a build fails when any of it slips in. */
function mock(): Plugin {
  const served: Record<string, [path: string, type: string]> = {
    '/mockServiceWorker.js': ['./node_modules/msw/lib/mockServiceWorker.js', 'text/javascript'],
    '/mock-preview.html': ['./src/testing/preview.html', 'text/html'],
  }
  return {
    name: 'mock',
    configureServer(server) {
      if (server.config.mode !== 'mock') return
      server.middlewares.use((request, response, next) => {
        const file = served[request.url?.split('?')[0] ?? '']
        if (!file) {
          next()
          return
        }
        response.setHeader('content-type', file[1])
        response.end(readFileSync(new URL(file[0], import.meta.url)))
      })
    },
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const mocked = chunk.moduleIds.find((id) => /src\/testing\/|node_modules\/msw\//.test(id))
        if (mocked !== undefined) this.error(`${mocked} must not be in the product`)
      }
    },
  }
}

/** What the first page may load, in bytes of gzip: the plan's 200 KiB. */
const FIRST_LOAD_LIMIT = 200 * 1024

/** Prints how much JavaScript the home page loads, and fails when that is too much. */
function firstLoad(): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const loaded = new Set<string>()
      const load = (name: string) => {
        const chunk = chunks.find((c) => c.fileName === name)
        if (!chunk || loaded.has(name)) return
        loaded.add(name)
        chunk.imports.forEach(load)
      }
      for (const chunk of chunks) {
        const home = chunk.facadeModuleId?.endsWith('/features/home/HomePage.tsx') === true
        if (chunk.isEntry || home) load(chunk.fileName)
      }
      const bytes = chunks
        .filter((chunk) => loaded.has(chunk.fileName))
        .reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0)
      const words = `the home page loads ${(bytes / 1024).toFixed(1)} KiB of JavaScript (gzip, ${loaded.size} files)`
      if (bytes > FIRST_LOAD_LIMIT) this.error(`${words}, more than ${FIRST_LOAD_LIMIT / 1024} KiB`)
      this.info(words)
    },
  }
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), sonnerWithoutInlineStyles(), xtermUnderPolicy(), mock(), firstLoad()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server replaces this word by each answer's own nonce.
  html: { cspNonce: '__CSP_NONCE__' },
  server: {
    port: 5173,
    proxy: mode === 'mock' ? undefined : { '/api': { target: SERVER, ws: true }, '/health': SERVER },
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 700,
  },
  test: {
    restoreMocks: true,
    css: false,
    projects: [
      { extends: true, test: { name: 'pure', environment: 'node', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'jsdom',
          setupFiles: ['src/testing/setup.ts'],
          include: ['src/**/*.test.tsx'],
          testTimeout: 20_000,
        },
      },
    ],
  },
}))
