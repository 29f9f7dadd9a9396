// Texts of the sign-in, in Simplified Chinese. English is in ../en, key for key.
export default {
  signIn: {
    title: '登录',
    heading: '登录空中课堂',
    lead: '用支部发给您的编号和密码登录。',
    number: '编号',
    password: '密码',
    show: '显示密码',
    hide: '隐藏密码',
    submit: '登录',
    working: '正在登录…',
    numberMissing: '请填写编号。',
    passwordMissing: '请填写密码。',
    refused: '编号或密码不对。请核对后再试；忘记密码请联系支部管理员。',
    tooMany: '试的次数太多了，请等 {wait}后再试。',
    signedOut: '您已退出登录，请重新登录，登录后会回到刚才的页面。',
  },
}
