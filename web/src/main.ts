// The first script, and a small one: the shell's code comes beside the page's own and its
// data, and not before them. index.html has the shell asked for while this is on its way.
import { fetchFirstPage } from '@/app/first_page'
import '@/look/tokens.css'
import '@/look/base.css'

fetchFirstPage()
import('@/app/start').catch((error: unknown) => {
  // An error of the window, which public/old-browser.js hears.
  setTimeout(() => {
    throw error
  })
})
