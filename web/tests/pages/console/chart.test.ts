// @vitest-environment jsdom
import { defineComponent, h } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import AppChart from '@/pages/console/charts/AppChart.vue'
import { show, type Shown } from '../../component'

const setOption = vi.fn()
vi.mock('@/pages/console/charts/chart_parts', () => ({
  init: () => ({ setOption, resize: () => undefined, dispose: () => undefined }),
}))

let shown: Shown
afterEach(() => shown.remove())

it('is drawn anew when what it is made of changes', async () => {
  const Charted = defineComponent({
    props: ['bars'],
    setup: (props) => {
      const option = () => ({ series: [{ type: 'bar', data: props.bars }] })
      return () => h(AppChart, { label: 'Bars', height: 10, option })
    },
  })
  shown = show(Charted, { bars: [1, 2] })
  const data = () => setOption.mock.lastCall?.[0].series[0].data
  await vi.waitFor(() => expect(data()).toEqual([1, 2]))
  shown.props['bars'] = [3, 4]
  await vi.waitFor(() => expect(data()).toEqual([3, 4]))
})
