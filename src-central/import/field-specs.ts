/** The fields of each kind of file, and the headers by which files name them. */
import type { FieldSpec } from './columns.ts';

const PRODUCT_CODE = ['code', 'sku', 'stock_code', 'product_code', '编码', '商品编码', '产品编码', '货号', '商品编号'];
const CUSTOMER_CODE = ['customer_id', 'customer_code', 'customer', '客户编码', '客户编号', '客户代码', '客户'];
const BRANCH = ['branch', 'branch_code', '门店', '分店', '分公司', '门店编码'];
const ACTIVE = ['active', 'status', '启用', '状态'];
const UNIT = ['unit', '单位', '计量单位'];
const QUANTITY = ['quantity', 'qty', '数量'];
const PRICE = ['unit_price', 'price', '单价', '价格', '售价'];
const CURRENCY = ['currency', '币种', '货币'];
const GROUP = ['group', 'customer_group', 'group_code', '客户组', '客户分组', '客户类别', '客户级别', '客户等级'];

export const PRODUCT_FIELDS: readonly FieldSpec[] = [
  spec('code', PRODUCT_CODE),
  spec('name', ['name', 'description', 'product_name', '名称', '品名', '商品名称', '产品名称']),
  optional('nameAlt', ['name_alt', 'english_name', 'name_en', '英文名', '英文名称', '别名']),
  optional('barcode', ['barcode', 'gtin', 'ean', '条码', '条形码', '商品条码']),
  optional('baseUnit', ['base_unit', ...UNIT, '基本单位']),
  optional('packUnit', ['pack_unit', '包装单位', '大包装单位']),
  optional('packFactor', ['pack_factor', 'case_factor', 'pack_size', '箱规', '装箱数', '每箱数量']),
  optional('step', ['step', '最小销售量', '步长']),
  optional('taxRate', [
    'tax_rate',
    'vat_rate',
    'tax_percent',
    'tax_rate_(%)',
    '税率',
    '税率(%)',
    '增值税率',
    '销项税率',
  ]),
  optional('minimum', ['minimum', 'min_quantity', 'minimum_quantity', 'moq', '起订量', '最小起订量', '最低起订量']),
  optional('multiple', ['multiple', 'order_multiple', '订货倍数', '起订倍数', '倍数']),
  optional('active', ACTIVE),
];

export const CUSTOMER_FIELDS: readonly FieldSpec[] = [
  spec('code', ['code', ...CUSTOMER_CODE]),
  optional('name', ['name', 'customer_name', '名称', '客户名称', '客户名']),
  optional('phone', ['phone', 'telephone', 'mobile', '电话', '手机', '联系电话']),
  optional('branch', BRANCH),
  optional('group', GROUP),
  optional('taxId', ['tax_id', 'tax_number', 'vat_number', 'vat_id', '税号', '纳税人识别号', '统一社会信用代码']),
  optional('salesperson', ['salesperson', 'sales_rep', '业务员', '销售员', '客户经理']),
  optional('address', ['address', 'delivery_address', 'ship_to', '地址', '收货地址', '送货地址']),
  optional('billingAddress', ['billing_address', 'invoice_address', 'bill_to', '开票地址', '发票地址']),
  optional('contact', ['contact', 'contact_name', 'contact_person', '联系人']),
  optional('email', ['email', 'e-mail', '邮箱', '电子邮箱']),
  optional('paymentDays', [
    'payment_days',
    'credit_days',
    'terms_days',
    'payment_terms',
    '账期',
    '账期(天)',
    '账期天数',
  ]),
  optional('creditLimit', ['credit_limit', '信用额度', '授信额度', '赊销额度']),
  optional('active', ACTIVE),
];

export const PRICE_FIELDS: readonly FieldSpec[] = [
  spec('code', PRODUCT_CODE),
  spec('price', PRICE),
  optional('unit', UNIT),
  optional('validFrom', ['valid_from', '生效日期', '开始日期']),
  optional('validTo', ['valid_to', '失效日期', '截止日期', '结束日期']),
  optional('customer', CUSTOMER_CODE),
  optional('group', GROUP),
  optional('minQuantity', [
    'min_quantity',
    'minimum_quantity',
    'min_qty',
    'from_quantity',
    '起订量',
    '起始数量',
    '阶梯数量',
  ]),
  optional('taxIncluded', ['tax_included', 'tax_inclusive', 'includes_tax', '含税', '是否含税']),
  optional('currency', CURRENCY),
];

export const STOCK_FIELDS: readonly FieldSpec[] = [
  spec('code', PRODUCT_CODE),
  spec('quantity', [...QUANTITY, 'on_hand', '库存', '库存数量', '现存量']),
  optional('branch', [...BRANCH, 'warehouse', '仓库']),
];

export const ORDER_FIELDS: readonly FieldSpec[] = [
  spec('number', ['number', 'order_number', 'order_no', 'invoice_no', '订单号', '单号', '订单编号', '发票号']),
  spec('code', PRODUCT_CODE),
  spec('quantity', QUANTITY),
  spec('price', PRICE),
  spec('date', ['date', 'order_date', 'invoice_date', '日期', '订单日期', '下单日期']),
  spec('customer', CUSTOMER_CODE),
  optional('unit', UNIT),
  optional('currency', CURRENCY),
];

function spec(field: string, aliases: readonly string[]): FieldSpec {
  return { field, required: true, aliases };
}

function optional(field: string, aliases: readonly string[]): FieldSpec {
  return { field, required: false, aliases };
}
