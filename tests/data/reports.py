"""Delivery reports that follow no standard, as the mail systems write them: text, kind, status."""

# ruff: noqa: E501 - the lines stand as the mail systems write them

RECIPIENT = "jan@dest.example"
ORIGINAL_ID = "ours.1@example.com"

REPORTS: dict[str, tuple[str, str, str]] = {
    "qmail": (
        """\
Return-Path: <>
From: MAILER-DAEMON@mx.dest.example
Subject: failure notice

Hi. This is the qmail-send program at mx.dest.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jan@dest.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <jan@dest.example>: Recipient address rejected: User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <support@example.com>
Received: (qmail 1 invoked by uid 1); 1 Jan 2024 00:00:00 -0000
From: support@example.com
To: jan@dest.example
Message-ID: <ours.1@example.com>
Subject: hi

text""",
        "bounce",
        "5.1.1",
    ),
    "exim": (
        """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: support@example.com
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: jan@dest.example
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  jan@dest.example
    host mx.dest.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<jan@dest.example>:
    550 5.1.1 unknown user

------ This is a copy of the message, including all the headers. ------

Return-path: <support@example.com>
Message-ID: <ours.1@example.com>
To: jan@dest.example
""",
        "bounce",
        "5.1.1",
    ),
    "exim-delay": (
        """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: support@example.com
Subject: Warning: message 1abcDE-0000-AA delayed 24 hours
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.

The message identifier is:     1abcDE-0000-AA
The subject of the message is: hi
The date of the message is:    Mon, 1 Jan 2024 00:00:00 +0000

The address to which the message has not yet been delivered is:

  jan@dest.example
    Delay reason: Connection timed out

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered. Eventually the mail delivery software will give up,
and when that happens, the message will be returned to you.
""",
        "delivery_delay",
        "",
    ),
    "postfix-text": (
        """\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: support@example.com
Subject: Undelivered Mail Returned to Sender

This is the mail system at host mx.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<jan@dest.example>: host mx.dest.example[192.0.2.1] said: 550 5.1.1
    <jan@dest.example>: Recipient address rejected: User unknown in virtual
    mailbox table (in reply to RCPT TO command)
""",
        "bounce",
        "5.1.1",
    ),
    "exchange-old": (
        """\
From: "System Administrator" <postmaster@dest.example>
To: support@example.com
Subject: Undeliverable: hi

Your message

  To:      jan@dest.example
  Subject: hi
  Sent:    Mon, 1 Jan 2024 00:00:00 +0000

did not reach the following recipient(s):

jan@dest.example on Mon, 1 Jan 2024 00:00:00 +0000
    The e-mail account does not exist at the organization this message was sent to.
    <mx.dest.example #5.1.1>
""",
        "bounce",
        "5.1.1",
    ),
    "o365-text": (
        """\
Return-Path: <>
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@dest.example>
To: support@example.com
Subject: Undeliverable: hi

Your message to jan@dest.example couldn't be delivered.

jan wasn't found at dest.example.

Error Details
Reported error:	550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jan@dest.example not found by SMTP address lookup
Message ID:	<ours.1@example.com>
""",
        "bounce",
        "5.1.10",
    ),
    "o365-de": (
        """\
Return-Path: <>
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@dest.example>
To: support@example.com
Subject: Unzustellbar: hi
Content-Type: text/plain; charset=utf-8

Ihre Nachricht an jan@dest.example konnte nicht zugestellt werden.

jan wurde in dest.example nicht gefunden.

Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jan@dest.example not found by SMTP address lookup'
""",
        "bounce",
        "5.1.10",
    ),
    "o365-pl": (
        """\
Return-Path: <>
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@dest.example>
To: support@example.com
Subject: =?utf-8?q?Niedostarczalne=3A_hi?=
Content-Type: text/plain; charset=utf-8

Nie można dostarczyć wiadomości do jan@dest.example.

550 5.1.10 RESOLVER.ADR.RecipientNotFound
""",
        "bounce",
        "5.1.10",
    ),
    "gmail-text": (
        """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: support@example.com
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: jan@dest.example

Delivery to the following recipient failed permanently:

     jan@dest.example

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain dest.example by mx.dest.example. [192.0.2.1].

The error that the other server returned was:
550 5.1.1 User unknown

----- Original message -----

Message-ID: <ours.1@example.com>
From: support@example.com
To: jan@dest.example
""",
        "bounce",
        "5.1.1",
    ),
    "gmail-pl": (
        """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: support@example.com
Subject: Delivery Status Notification (Failure)
Content-Type: text/plain; charset=utf-8

** Nie znaleziono adresu **

Twoja wiadomość nie została dostarczona do jan@dest.example, ponieważ nie można było odnaleźć adresu lub nie może on odbierać poczty.

Oto odpowiedź:
550 5.1.1 The email account that you tried to reach does not exist.
""",
        "bounce",
        "5.1.1",
    ),
    "yahoo": (
        """\
Return-Path: <>
From: MAILER-DAEMON@yahoo.com
To: support@example.com
Subject: Failure Notice

Sorry, we were unable to deliver your message to the following address.

<jan@dest.example>:
554: delivery error: dd This user doesn't have a dest.example account (jan@dest.example) [0] - mta1.example

--- Below this line is a copy of the message.

Received: from x
Message-ID: <ours.1@example.com>
""",
        "bounce",
        "",
    ),
    "ses": (
        """\
Return-Path: <>
From: MAILER-DAEMON@amazonses.com
To: support@example.com
Subject: Delivery Status Notification (Failure)

An error occurred while trying to deliver the mail to the following recipients:
jan@dest.example
""",
        "bounce",
        "",
    ),
    "sendgrid": (
        """\
From: MAILER-DAEMON@sendgrid.net
To: support@example.com
Subject: Undelivered Mail Returned to Sender

Hello, this is the mail server on o1.sendgrid.net.

I am sending you this message to inform you on the delivery status of a
message you previously sent.  Immediately below you will find a list of
the affected recipients;  also attached is a Delivery Status Notification
(DSN) report in standard format, as well as the headers of the original
message.

  <jan@dest.example>  delivery failed; will not continue trying
""",
        "bounce",
        "",
    ),
    "domino": (
        """\
From: postmaster@notes.dest.example
To: support@example.com
Subject: DELIVERY FAILURE: User jan (jan@dest.example) not listed in Domino Directory

Your message

  Subject: hi

was not delivered to:

  jan@dest.example

because:

  User jan (jan@dest.example) not listed in Domino Directory
""",
        "bounce",
        "",
    ),
    "domino-de": (
        """\
From: postmaster@notes.dest.example
To: support@example.com
Subject: ZUSTELLUNGSFEHLER: Benutzer jan (jan@dest.example) ist nicht im Domino-Verzeichnis enthalten

Ihre Nachricht

  Betreff: hi

wurde nicht gesendet an:

  jan@dest.example

aus folgendem Grund:
""",
        "bounce",
        "",
    ),
    "mimecast": (
        """\
Return-Path: <>
From: postmaster@mimecast.example
To: support@example.com
Subject: [Postmaster] Email Delivery Failure

This is an automatically generated message from Mimecast

Email delivery failed to the following recipient(s):

jan@dest.example

The reason for the failure was: 550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550
""",
        "bounce",
        "",
    ),
    "mailru": (
        """\
Return-Path: <>
From: mailer-daemon@corp.mail.ru
To: support@example.com
Subject: Mail failure.
Content-Type: text/plain; charset=utf-8

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

 jan@dest.example
   user not found
""",
        "bounce",
        "",
    ),
    "zimbra-quota": (
        """\
Return-Path: <>
From: postmaster@zimbra.example
To: support@example.com
Subject: Undelivered Mail Returned to Sender

<jan@dest.example>: mailbox is full: 552 5.2.2 Over quota
""",
        "bounce",
        "5.2.2",
    ),
    "courier": (
        """\
Return-Path: <>
From: "Courier mail server at mx.example" <@mx.example>
To: support@example.com
Subject: NOTICE: mail delivery status.

This is a delivery status notification from mx.example,
running the Courier mail server, version 0.65.2.

UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<jan@dest.example>:
    mx.dest.example [192.0.2.1]:
>>> RCPT TO:<jan@dest.example>
<<< 550 5.1.1 No such user
""",
        "bounce",
        "5.1.1",
    ),
    "sendmail-text": (
        """\
Return-Path: <MAILER-DAEMON>
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
To: support@example.com
Subject: Returned mail: see transcript for details

The original message was received at Mon, 1 Jan 2024 00:00:00 GMT
from mx.example [192.0.2.1]

   ----- The following addresses had permanent fatal errors -----
<jan@dest.example>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.dest.example.:
>>> RCPT To:<jan@dest.example>
<<< 550 5.1.1 User unknown
550 5.1.1 <jan@dest.example>... User unknown
""",
        "bounce",
        "5.1.1",
    ),
    "sendmail-warn": (
        """\
Return-Path: <MAILER-DAEMON>
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
To: support@example.com
Subject: Warning: could not send message for past 4 hours

    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- Transcript of session follows -----
<jan@dest.example>... Deferred: Connection timed out with mx.dest.example.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
""",
        "delivery_delay",
        "",
    ),
    "listserv-nonmember": (
        """\
From: news-bounces@lists.example
To: support@example.com
Subject: news post from support@example.com requires approval
List-Id: <news.lists.example>
Precedence: bulk

Your mail is being held.
""",
        "bulk",
        "",
    ),
    "person-talks": (
        """\
From: Ann <ann@x.example>
To: support@example.com
Subject: Undeliverable mail
In-Reply-To: <1@x>

Hi, my mail to jan@dest.example is always returned with 550 5.1.1 user unknown. Why? It failed.
""",
        "normal",
        "",
    ),
    "person-re": (
        """\
From: Ann <ann@x.example>
To: support@example.com
Subject: Re: Delivery Status Notification (Failure)
In-Reply-To: <1@x>

Could not be delivered: jan@dest.example. What shall I do?
""",
        "normal",
        "",
    ),
    "person-question": (
        """\
From: Ann Delivery <delivery@shop.example>
To: support@example.com
Subject: Delivery failed

Your parcel could not be delivered to jan@dest.example's address, please pay.
""",
        "normal",
        "",
    ),
    "sns": (
        """\
From: AWS Notifications <no-reply@sns.amazonaws.com>
To: support@example.com
Subject: AWS Notification Message
Content-Type: text/plain; charset=utf-8

{"notificationType":"Bounce","bounce":{"feedbackId":"x","bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"jan@dest.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],"timestamp":"2024-01-01T00:00:00Z"},"mail":{"timestamp":"2024-01-01T00:00:00Z","messageId":"0102018b","headers":[{"name":"Message-ID","value":"<ours.1@example.com>"}],"commonHeaders":{"messageId":"<ours.1@example.com>"}}}

--
If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:
https://sns.us-east-1.amazonaws.com/unsubscribe.html
""",
        "bounce",
        "5.1.1",
    ),
}
