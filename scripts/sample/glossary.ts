/**
 * Chinese for the words of the sample's product names. Names are put together word by word, only where every word is
 * known: good enough to find a product by pinyin, and said to be made in samples/README.md.
 */
const PHRASES: readonly [string, string][] = pairs(`
HOT WATER BOTTLE=热水袋 T-LIGHT HOLDER=烛台 T-LIGHT HOLDERS=烛台 CANDLE HOLDER=烛台 LUNCH BOX=午餐盒 LUNCH BAG=午餐袋
JUMBO BAG=特大购物袋 CAKE STAND=蛋糕架 CAKESTAND=蛋糕架 CAKE CASES=蛋糕纸杯 TEA TOWEL=茶巾 TEA TOWELS=茶巾 TEA COSY=茶壶套
PHOTO FRAME=相框 PICTURE FRAME=画框 WRAPPING PAPER=包装纸 GIFT WRAP=礼品包装纸 GIFT TAG=礼品吊牌 GIFT BAG=礼品袋
CHRISTMAS TREE=圣诞树 CARD HOLDER=卡片架 KEY RING=钥匙圈 KEY FOB=钥匙扣 EGG CUP=蛋杯 MONEY BOX=存钱罐 MONEY BANK=存钱罐
ALARM CLOCK=闹钟 WALL CLOCK=挂钟 DOOR MAT=门垫 UNION JACK=米字旗 UNION FLAG=米字旗 FOOD COVER=食物罩 BOTTLE OPENER=开瓶器
COAT HANGER=衣架 HAND WARMER=暖手宝 LUGGAGE TAG=行李牌 WATERING CAN=喷壶 BREAD BIN=面包箱 STORAGE BOX=收纳盒
STORAGE TIN=收纳罐 TRINKET BOX=首饰盒 TRINKET POT=首饰罐 JEWELLERY BOX=首饰盒 PAPER CHAIN=纸链 PAPER NAPKINS=纸巾
CUTLERY SET=餐具套装 SEWING KIT=针线盒 SEWING BOX=针线盒 COFFEE MUG=咖啡杯 TEA SET=茶具 MAGIC DRAWING SLATE=魔术画板
HEART OF WICKER=藤编心 POLKA DOT=波点 PARTY BUNTING=派对彩旗 FAIRY LIGHTS=彩灯串 FAIRY CAKE=小蛋糕 FRIDGE MAGNETS=冰箱贴
SHOPPING BAG=购物袋 SHOPPER BAG=购物袋 SHOULDER BAG=单肩包 WASH BAG=洗漱包 CHARLIE AND LOLA=查理和罗拉 CHARLIE+LOLA=查理和罗拉
DOLLY GIRL=洋娃娃 MEASURING TAPE=卷尺 TOILET PAPER=卫生纸 PLAYING CARDS=扑克牌 COOKIE CUTTERS=饼干模 JAM JAR=果酱罐
`);

const WORDS: ReadonlyMap<string, string> = new Map(
  pairs(`
PINK=粉色 BLUE=蓝色 RED=红色 WHITE=白色 BLACK=黑色 GREEN=绿色 SILVER=银色 CREAM=奶油色 IVORY=象牙色 GOLD=金色 PURPLE=紫色
YELLOW=黄色 ORANGE=橙色 BROWN=棕色 CLEAR=透明 NATURAL=原色 MULTICOLOUR=彩色 SET=套装 HEART=心形 HEARTS=心形 BAG=袋 VINTAGE=复古
CHRISTMAS=圣诞 XMAS=圣诞 BOX=盒 BOXES=盒 DESIGN=图案 RETROSPOT=复古圆点 GLASS=玻璃 METAL=金属 CANDLE=蜡烛 CANDLES=蜡烛
ROSE=玫瑰 ROSES=玫瑰 SMALL=小号 LARGE=大号 MEDIUM=中号 MINI=迷你 GIANT=巨型 BIG=大 JUMBO=特大 HOLDER=架 CAKE=蛋糕 CAKES=蛋糕
POLKADOT=波点 SIGN=挂牌 GARDEN=花园 MUG=马克杯 CARD=卡片 CARDS=卡片 DECORATION=装饰 DECORATIONS=装饰 DECORATIVE=装饰 PACK=包装
HANGING=悬挂 PAPER=纸 FLOWER=花 FLOWERS=花 ASSORTED=混装 BOWL=碗 BOWLS=碗 TREE=树 LOVE=爱 TEA=茶 PARTY=派对 WRAP=包装纸
WOODEN=木制 WOOD=木 PAISLEY=佩斯利 BRACELET=手镯 NECKLACE=项链 EARRINGS=耳环 RING=戒指 CHARM=吊坠 CHARMS=吊坠 COVER=罩
STAR=星形 STARS=星星 GIFT=礼品 TIN=罐 TINS=罐 FRENCH=法式 ENGLISH=英式 DANISH=丹麦 SCANDINAVIAN=北欧 TILE=瓷砖 WALL=墙
GARLAND=花环 WREATH=花圈 MIRROR=镜子 BIRD=小鸟 BIRDS=小鸟 FAIRY=仙女 CERAMIC=陶瓷 PORCELAIN=瓷 ENAMEL=搪瓷 EGG=蛋 EGGS=蛋
BIRTHDAY=生日 CHOCOLATE=巧克力 NOTEBOOK=笔记本 BOTTLE=瓶 TUBE=管装 DOORMAT=门垫 ROUND=圆形 SQUARE=方形 OVAL=椭圆 COLOUR=颜色
GIRL=女孩 BOY=男孩 FRAME=框 PHOTO=相片 CUP=杯 CUPS=杯 SAUCER=碟 HOOK=挂钩 HOOKS=挂钩 ZINC=锌 INCENSE=熏香 TRAY=托盘 STAND=架
DOOR=门 NUMBER=数字 BABUSHKA=套娃 FELTCRAFT=毛毡手工 FELT=毛毡 SPACEBOY=太空男孩 KIT=套件 FLOCK=植绒 COFFEE=咖啡 STRAWBERRY=草莓
CHERRY=樱桃 MAGIC=魔术 DIAMANTE=水钻 GINGHAM=格纹 CUSHION=靠垫 PURSE=钱包 SKULLS=骷髅 SKULL=骷髅 DINNER=晚餐 SWEETHEART=甜心
STICKERS=贴纸 STICKER=贴纸 BEAD=珠子 BEADED=珠饰 HOME=家 CLOCK=钟 ART=艺术 MAGNETS=磁贴 PAINTED=彩绘 BUTTERFLY=蝴蝶
BUTTERFLIES=蝴蝶 WOODLAND=林地 CASES=盒 PEN=笔 PENS=笔 EASTER=复活节 TAPE=胶带 LUNCH=午餐 DRAWER=抽屉 DRAWERS=抽屉 CABINET=柜
POT=罐 POTS=罐 PLATE=盘 PLATES=盘 KITCHEN=厨房 RETRO=怀旧 TOY=玩具 TOYS=玩具 TRINKET=小饰品 CRYSTAL=水晶 HANGER=挂件 WARMER=暖宝
JIGSAW=拼图 ANTIQUE=古典 CUTLERY=餐具 FONT=字体 RIBBONS=丝带 RIBBON=丝带 COTTAGE=乡村 JAR=罐 JARS=罐 DOG=小狗 CAT=小猫 DAISY=雏菊
DISH=碟 KEY=钥匙 HAND=手 LIGHT=灯 LIGHTS=灯 LAMP=灯 RABBIT=兔子 SLATE=石板 SCENTED=香薰 SCENT=香味 UMBRELLA=雨伞 STYLE=风格
PENCILS=铅笔 PENCIL=铅笔 CHILDRENS=儿童 CHILDS=儿童 KIDS=儿童 BUNTING=彩旗 SHAPE=造型 SHAPED=造型 FOOD=食物 STORAGE=收纳 BASKET=篮
JEWELLED=镶饰 BOTANICAL=植物 APRON=围裙 TOWEL=毛巾 HONEYCOMB=蜂窝 GREETING=贺 FLORAL=花卉 RACK=架 PARASOL=阳伞 KNOB=把手
ACRYLIC=亚克力 BREAKFAST=早餐 SOFT=柔软 TABLE=桌 WICKER=藤编 TRADITIONAL=传统 DOORSTOP=门挡 TISSUES=纸巾 TISSUE=纸巾 BATHROOM=浴室
TALL=高 REEL=卷 COTTON=棉 NAPKIN=餐巾 NAPKINS=餐巾 BOOK=书 POCKET=口袋 CIRCUS=马戏团 PARADE=巡游 EDWARDIAN=爱德华式
VICTORIAN=维多利亚式 SEWING=缝纫 BAROQUE=巴洛克 DINOSAUR=恐龙 SPOT=圆点 SPOTS=圆点 SPOTTY=圆点 MILK=牛奶 BALL=球 BALLS=球
LAVENDER=薰衣草 LUGGAGE=行李 VANILLA=香草 BELL=铃铛 BELLS=铃铛 CRAFT=手工 LACE=蕾丝 HAIR=发 FOLKART=民艺 LETTER=字母 LETTERS=字母
GLITTER=闪光 DOLL=娃娃 DOLLY=娃娃 LONDON=伦敦 PARIS=巴黎 CHAIN=链 BIN=箱 FUNKY=时尚 CLASSIC=经典 FRIDGE=冰箱 DINER=餐厅
DRAWING=绘画 DOILIES=花边垫 TAG=吊牌 TAGS=吊牌 FOLDING=折叠 MARKER=标记 HAPPY=快乐 APPLES=苹果 APPLE=苹果 CAN=罐 PAN=锅
SKETCHBOOK=素描本 STRIPE=条纹 STRIPES=条纹 BLOSSOM=花朵 BAKING=烘焙 ORIGAMI=折纸 TOADSTOOL=蘑菇 MUSHROOM=蘑菇 COASTER=杯垫
COASTERS=杯垫 SWEET=甜蜜 LOVEBIRD=爱情鸟 FLANNEL=毛巾 CALENDAR=日历 EMPIRE=帝国 PRINT=印花 PUDDING=布丁 BLING=闪亮 CHUNKY=粗
AMETHYST=紫水晶 WASHBAG=洗漱包 MOULD=模具 LANTERN=灯笼 COAT=外套 FLAG=旗 BLOCK=积木 JAM=果酱 PICTURE=画 OWL=猫头鹰 TIDY=整理
PLANT=植物 WIRE=铁丝 PICNIC=野餐 CHICK=小鸡 STRING=绳 HOUSE=屋 MIRRORED=镜面 CHEST=箱 ANGEL=天使 TOTE=手提 SOAP=香皂 FABRIC=布艺
BIRDHOUSE=鸟屋 HERB=香草 SCALES=秤 PASSPORT=护照 MONKEY=猴子 WATERING=浇水 CONTAINER=容器 PAIR=一对 SHELL=贝壳 FROG=青蛙
VOTIVE=许愿 ALARM=闹 AIRLINE=航空 JUG=壶 THERMOMETER=温度计 BUCKET=桶 FLYING=飞行 MEASURING=量 RUSTIC=质朴 CROCHET=钩织
BALLOONS=气球 BALLOON=气球 HOLIDAY=假日 MATCHES=火柴 COOKIE=饼干 SINGLE=单 PLASTERS=创可贴 DECOUPAGE=剪纸 OVEN=烤箱 ETCHED=蚀刻
OFFICE=办公室 SCARF=围巾 JOURNAL=日记 HELICOPTER=直升机 FEATHER=羽毛 BOXED=盒装 PEG=夹 HEN=母鸡 BABY=婴儿 FRUIT=水果 ANIMAL=动物
PEARL=珍珠 PAPERWEIGHT=镇纸 KNITTED=针织 RECIPE=食谱 BATH=浴 FINISH=饰面 TEATIME=下午茶 SHOPPER=购物袋 T-LIGHTS=茶蜡 T-LIGHT=茶蜡
COSY=保温套 RABBITS=兔子 ELEPHANT=大象 HORSE=马 REINDEER=驯鹿 SNOWFLAKE=雪花 SNOWMAN=雪人 SANTA=圣诞老人 STOCKING=圣诞袜
LEAF=叶 LEAVES=叶 IVY=常春藤 GRASS=草 WINE=酒 BEER=啤酒 SUGAR=糖 SALT=盐 PEPPER=胡椒 SPOON=勺 SPOONS=勺 FORK=叉 KNIFE=刀
SKETCH=素描 BRUSH=刷 COMB=梳 MAT=垫 RUG=地毯 CURTAIN=窗帘 BLANKET=毯 CHAIR=椅 STOOL=凳 SHELF=架 WINDOW=窗 LID=盖 TOP=顶
AND=和 WITH=带 IN=装 FOR=用
`),
);

/** The Chinese of a name, or `undefined` where a word of it is not known. */
export function chineseOf(name: string): string | undefined {
  let rest = name.toUpperCase().replace(/[,."]/g, ' ').replace(/\s+/g, ' ').trim();
  let suffix = '';
  const count = /\b(?:SET|PACK|BOX)(?: OF |\/)(\d+)\b/.exec(rest);
  if (count) {
    suffix = count[0].startsWith('SET') ? `${count[1]}件套` : `${count[1]}个装`;
    rest = rest.replace(count[0], ' ').trim();
  }
  for (const [english, chinese] of PHRASES) rest = ` ${rest} `.replaceAll(` ${english} `, ` ${chinese} `).trim();
  const words: string[] = [];
  for (const word of rest.split(' ')) {
    const known = /^[\p{Script=Han}\d]+$/u.test(word) ? word : WORDS.get(word);
    if (known === undefined) return undefined;
    words.push(known);
  }
  const text = words.join('') + suffix;
  return /\p{Script=Han}/u.test(words.join('')) ? text : undefined;
}

/** "A B=甲 C=乙", words of a key joined by spaces: a key begins after the value before it. */
function pairs(text: string): [string, string][] {
  return [...text.matchAll(/([A-Z0-9][A-Z0-9+\- ]*)=(\p{Script=Han}+)/gu)].map((match) => [
    match[1] ?? '',
    match[2] ?? '',
  ]);
}
