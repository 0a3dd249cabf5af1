"""The line that phones and mail programs put under a mail ("Sent from my iPhone", "Get Outlook for iOS"), in the
languages people have them set to. Only its form is known: it is for the caller to see that it stands at the end."""

import re

_LONGEST = 200
_LINK = re.compile(r"\s{0,3}(?:<(?:https?:|mailto:)?[^<>\s]{1,180}>|\((?:https?:)[^()\s]{1,180}\)|\[[^\[\]]{1,60}\])")
_FRAME = " \t*_-–—|>.!\u200e\u200f\u202a\u202c\xa0\ufeff"

# "Sent from ...": what the line begins with, in front of the name of a device or program.
_BEGINS = re.compile(
    r"(?:sent (?:from|via|using|with|by|on) (?:my )?(?:.{0,20}(?:phone|pad|pod|mail|berry|android|samsung|galaxy|"
    r"outlook|huawei|xiaomi|pixel|tablet|mobile|handheld)\b.{0,80}|(?!me\b|us\b|you\b|"
    r"the\b)[^\s,]{1,80}(?: [^\s,]{1,40}){0,5})|"
    r"sent with .{1,40}(?:mail|email)\b.{0,40}|yahoo mail: .{1,60}|"
    r"(?:von|mit) (?:meinem|meiner|dem|der) .{1,60} (?:gesendet|versendet|verschickt).{0,40}|"
    r"(?:gesendet|versendet|verschickt) (?:von|mit|aus|über|via) .{1,80}|"
    r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) .{1,60} (?:gesendet|versendet|verschickt).{0,40}|"
    r"envoyé(?:e)? (?:de|d['’]|depuis|à partir de|à l['’]aide de|avec|par|via|du) ?.{1,80}|"
    r"enviad[oa] (?:desde|do|da|de|por|con|com|via|a partir|a través|pelo|mediante) .{1,80}|"
    r"inviato (?:da|dal|dall['’]|con|tramite|via) ?.{1,80}|"
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|via|vanuit|door|van) .{1,80}|"
    r"sendt (?:fra|med|via) .{1,80}|(?:skickat|skickades|sänt|skickad) (?:från|med|via) .{1,80}|"
    r"lähetetty .{0,50}(?:phone|pad|android|samsung|outlook|laitteesta|puhelimesta|sähköpost|mail).{0,40}|"
    r"wysłan[eoay] (?:z|ze|przez|przy pomocy|za pomocą|w) .{1,80}|"
    r"(?:odesláno|odoslané|odoslaná|odesláno|poslané|posláno) (?:z|ze|zo|pomocí|pomocou|prostřednictvím) .{1,80}|"
    r"(?:el)?küldve .{1,60}|feladva .{1,60}|trimis(?:ă)? (?:de pe|din|de la|cu|prin) .{1,80}|"
    r"(?:отправлено|отослано|надіслано|відправлено) (?:с|со|из|через|при помощи|з|із|зі|за допомогою) .{1,80}|"
    r"(?:στάλθηκε|εστάλη|αποστολή|απεστάλη) (?:από|με|μέσω) .{1,80}|"
    r"נשלח(?:ה)? (?:מ|באמצעות|דרך).{1,60}|(?:تم ال[إا]رسال|[أُا]{1,2}رسلت?|مُ?رسل(?:ة)?) (?:من|بواسطة|عبر|"
    r"باستخدام) .{1,60}|"
    r"(?:đã |được )?gửi (?:từ|bằng|qua) .{1,60})$",
    re.IGNORECASE,
)
# Where the verb stands at the end.
_ENDS = re.compile(
    r"\S.{0,60}(?:[dt][ae]n|ile|üzerinden|aracılığıyla) gönderildi$|"
    r"\S.{0,60}(?:phone|pad|android|samsung|készülék|telefon)\S{0,12}(?: készülékről| telefonról)? (?:el)?küldve$|"
    r"(?:.{1,40})(?:から|で)送信(?:しました|されました)?$|.{1,40}에서 (?:보냄|보냈습니다|전송됨|발송됨)$",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:(?:发送?自|来自|發送?自|傳送自|來自).{1,40}|(?:从|從).{1,40}(?:发送|傳送|寄出|发出))$", re.IGNORECASE
)
_OFFER = re.compile(
    r"\b(?:get|download|beziehen|holen|herunterladen|abrufen|laden|obtenir|obtenez|télécharge[rz]|obtener|obtén|"
    r"descarg\w{1,4}|obter|obtenha|baix\w{1,3}|transferir|ottieni|scarica|downloade?n?|hämta|hent|få|skaff|last ned|"
    r"hanki|lataa|pobierz|uzyskaj|získ\w{1,5}|stáhn\w{1,4}|stiahn\w{1,4}|letöltése|beszerzése|descărcați|obțineți|"
    r"получить|получите|скачать|загрузить|отримати|завантажити|edinin|indirin|alın|λήψη|κατεβάστε|αποκτήστε|tải|lấy|"
    r"nhận)\b|获取|下载|取得|下載|入手|ダウンロード|다운로드|받기|가져오기|קבל|השג|הורד|الحصول|احصل|تنزيل",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\b(?:outlook|bluemail|aquamail)", re.IGNORECASE)
_LONGEST_OFFER = 60


def is_device_line(text: str) -> bool:
    """Tell whether a line has the form of what a phone or mail program adds under a mail."""
    if len(text) > _LONGEST:
        return False
    words = _LINK.sub("", text).strip(_FRAME)
    if _PROGRAM.search(words) and len(words) <= _LONGEST_OFFER and _OFFER.search(words):
        return True
    if words[:1] in "发來来發傳从從":
        return bool(words) and _CHINESE.match(words) is not None
    return bool(_BEGINS.match(words) or _ENDS.match(words))
