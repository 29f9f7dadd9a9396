// @vitest-environment jsdom
import { beforeAll, expect, it } from 'vitest'
import { i18n, loadCatalogue } from '@/messages'
import { detailFacts } from '@/pages/console/audit/detail'

beforeAll(async () => {
  i18n.global.locale.value = 'zh'
  await loadCatalogue('console')
})

it.each([
  [{ list: 'ledger', before: 12 }, [['查看的名单', '学时台账'], ['从这一条往前', '12']]],
  [{ what: 'members', new: 3, changed: 0, digest: 'ab' }, [['内容', '学员名册'], ['新增人数', '3'], ['变化人数', '0'], ['文件校验值', 'ab', 'machine']]],
  [{ what: 'report', report: 'make-up', format: 'pdf', from: '2026-01-01' }, [['内容', '报表'], ['报表种类', '补学名单'], ['文件格式', 'PDF（打印用）'], ['从哪天起', '2026-01-01']]],
  [{ fields: 'name phone' }, [['修改的项目', '姓名、手机号']]],
  [{ year: 2026, duty: 'cadre', exempt: 0 }, [['年度', '2026'], ['学时要求', '干部'], ['免学', '否']]],
  [{ correction: 4, kind: 'MAKEUP', earned_ms: 2_700_000 }, [['更正序号', '4'], ['种类', '补学'], ['分钟', '45']]],
  [{ what: 'steward', site: 2 }, [['内容', '添加站点管理员'], ['站点序号', '2']]],
])('what is noted beside an act is told in words: %o', (detail, facts) => {
  expect(detailFacts(detail)).toEqual(facts)
})

it('what the page does not know yet is told as it was written', () => {
  expect(detailFacts({ what: 'moon', tide: { high: 2 } })).toEqual([['内容', 'moon', 'machine'], ['tide', '{"high":2}', 'machine']])
})
