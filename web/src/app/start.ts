// The shell: what is on every page. The first script fetches it, see main.ts.
import { createApp } from 'vue'
import App from '@/app/App.vue'
import { router } from '@/app/router'
import { i18n } from '@/messages'

createApp(App).use(i18n).use(router).mount('#app')
document.getElementById('too-old')?.remove() // see public/old-browser.js
