import { createApp } from 'vue'
import App from '@/app/App.vue'
import { router } from '@/app/router'
import { i18n } from '@/messages'
import '@/look/tokens.css'
import '@/look/base.css'

createApp(App).use(i18n).use(router).mount('#app')
document.getElementById('too-old')?.remove() // see public/old-browser.js
