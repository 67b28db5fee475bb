using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MimeKit;

namespace Mailreeve.EndToEnd.Clients;

public sealed class MailKitFetchTests(RunningMailServer running) : MailServerTests(running)
{
    [Fact]
    public async Task What_was_appended_comes_back_byte_for_byte_with_its_flags_and_its_date()
    {
        var inbox = await InboxAsync();
        var message = SampleMail.Rich("All of it");
        var date = new DateTimeOffset(2024, 2, 29, 23, 59, 58, TimeSpan.FromHours(-9.5));

        var uid = await inbox.AppendAsync(new AppendRequest(message, MessageFlags.Flagged | MessageFlags.Draft, ["$Label1", "holiday"], date), Stop);

        await inbox.CheckAsync(Stop);
        var summary = Assert.Single(await inbox.FetchAsync(
            [uid!.Value], new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate), Stop));
        Assert.Equal(MessageFlags.Flagged | MessageFlags.Draft, summary.Flags!.Value & ~MessageFlags.Recent);
        Assert.Equal(["$label1", "holiday"], summary.Keywords.Select(k => k.ToLowerInvariant()).Order(StringComparer.Ordinal));
        Assert.Equal(date, summary.InternalDate);
        Assert.Equal(message.Wire(), await BytesAsync(await inbox.GetStreamAsync(uid.Value, Stop)));
    }

    [Fact]
    public async Task What_was_delivered_has_what_was_sent_below_a_trace()
    {
        var message = SampleMail.Rich("Delivered");
        await DeliverAsync(message);
        var inbox = await InboxAsync();

        var got = Encoding.Latin1.GetString(await BytesAsync(await inbox.GetStreamAsync(0, Stop)));

        Assert.EndsWith(message.WireText(), got, StringComparison.Ordinal);
        Assert.StartsWith("Return-Path: <sender@elsewhere.example>\r\n", got, StringComparison.Ordinal);
        Assert.Contains("\r\nReceived: ", got[..^message.WireText().Length], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_envelope_says_who_wrote_to_whom_about_what()
    {
        var first = SampleMail.Text("A question");
        var message = SampleMail.Answer(first);
        message.Subject = "Antwort: Grüße & Küsse — 日本語";
        message.From.Add(new MailboxAddress("Jürgen \"J.\" Example", "juergen@elsewhere.example"));
        message.Sender = new MailboxAddress("", "secretary@elsewhere.example");
        message.ReplyTo.Add(new MailboxAddress("Office", "office@elsewhere.example"));
        message.Cc.Add(new GroupAddress("Friends", [new MailboxAddress("", "one@elsewhere.example"), new MailboxAddress("", "two@elsewhere.example")]));
        message.Bcc.Add(new MailboxAddress("Hidden", "hidden@elsewhere.example"));
        var inbox = await InboxAsync();
        await inbox.AppendAsync(new AppendRequest(message), Stop);
        await inbox.CheckAsync(Stop);

        var envelope = (await FetchAsync(inbox, MessageSummaryItems.Envelope)).Envelope!;

        Assert.Equal(message.Subject, envelope.Subject);
        Assert.Equal(message.Date, envelope.Date);
        Assert.Equal(message.MessageId, envelope.MessageId);
        Assert.Equal(first.MessageId, envelope.InReplyTo);
        Assert.Equal(message.From.ToString(), envelope.From.ToString());
        Assert.Equal(message.Sender.Address, Assert.Single(envelope.Sender.Mailboxes).Address);
        Assert.Equal(message.ReplyTo.ToString(), envelope.ReplyTo.ToString());
        Assert.Equal(message.To.ToString(), envelope.To.ToString());
        Assert.Equal(message.Bcc.ToString(), envelope.Bcc.ToString());
        Assert.Equal(["one@elsewhere.example", "two@elsewhere.example"], envelope.Cc.Mailboxes.Select(m => m.Address));
        Assert.Equal("Friends", Assert.IsType<GroupAddress>(Assert.Single(envelope.Cc)).Name);
    }

    [Fact]
    public async Task A_missing_sender_is_the_author_and_missing_fields_are_missing()
    {
        var inbox = await InboxAsync();
        await AppendRawAsync(inbox, "From: ann@elsewhere.example\r\n\r\nHello.\r\n");

        var envelope = (await FetchAsync(inbox, MessageSummaryItems.Envelope)).Envelope!;

        Assert.Equal("ann@elsewhere.example", Assert.Single(envelope.Sender.Mailboxes).Address);
        Assert.Equal("ann@elsewhere.example", Assert.Single(envelope.ReplyTo.Mailboxes).Address);
        Assert.Empty(envelope.To);
        Assert.Null(envelope.Subject);
        Assert.Null(envelope.MessageId);
        Assert.Null(envelope.InReplyTo);
        Assert.Null(envelope.Date);
    }

    [Fact]
    public async Task The_structure_lets_a_client_find_text_attachments_and_the_forwarded_message()
    {
        var inbox = await InboxAsync();
        await inbox.AppendAsync(new AppendRequest(SampleMail.Rich("Structured", attachmentBytes: 3000)), Stop);
        await inbox.CheckAsync(Stop);

        var summary = await FetchAsync(inbox, MessageSummaryItems.BodyStructure);

        Assert.Equal("utf-8", summary.TextBody?.ContentType.Charset);
        Assert.Equal("text/html", summary.HtmlBody?.ContentType.MimeType);
        var file = Assert.Single(summary.Attachments.OfType<BodyPartBasic>(), a => a is not BodyPartMessage);
        Assert.Equal("bericht – März.bin", file.FileName);
        Assert.Equal("application/octet-stream", file.ContentType.MimeType);
        Assert.Equal("base64", file.ContentTransferEncoding, ignoreCase: true);
        Assert.InRange(file.Octets, 4000u, 4200u);
        var forwarded = Assert.Single(summary.BodyParts.OfType<BodyPartMessage>());
        Assert.Equal("What was forwarded", forwarded.Envelope?.Subject);
        Assert.IsType<BodyPartText>(forwarded.Body);
        Assert.True(forwarded.Lines > 5);
    }

    [Fact]
    public async Task Each_part_is_fetched_by_itself()
    {
        var message = SampleMail.Rich("Parts", attachmentBytes: 5000);
        var inbox = await InboxAsync();
        var uid = (await inbox.AppendAsync(new AppendRequest(message), Stop))!.Value;
        await inbox.CheckAsync(Stop);
        var summary = await FetchAsync(inbox, MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure);

        var text = Assert.IsType<TextPart>(await inbox.GetBodyPartAsync(uid, summary.TextBody!, Stop));
        var file = Assert.IsType<MimePart>(await inbox.GetBodyPartAsync(uid, summary.BodyParts.Single(p => p.FileName is not null), Stop));
        var forwarded = Assert.IsType<MessagePart>(await inbox.GetBodyPartAsync(uid, summary.BodyParts.OfType<BodyPartMessage>().Single(), Stop));
        using var content = new MemoryStream();
        await file.Content!.DecodeToAsync(content, Stop);

        Assert.Equal("Grüße aus Köln", text.Text.TrimEnd());
        Assert.Equal(SampleMail.Bytes(5000), content.ToArray());
        Assert.Equal("Inner words.", forwarded.Message!.TextBody?.TrimEnd());
        Assert.Equal("Inner words.\r\n", Encoding.UTF8.GetString(await BytesAsync(await inbox.GetStreamAsync(uid, "3.1", Stop))));
        var innerHeader = Encoding.UTF8.GetString(await BytesAsync(await inbox.GetStreamAsync(uid, "3.HEADER", Stop)));
        Assert.Contains("Subject: What was forwarded\r\n", innerHeader, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", innerHeader, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_is_fetched_in_pieces_and_ends_where_it_ends()
    {
        var inbox = await InboxAsync();
        var message = SampleMail.Rich("Pieces", attachmentBytes: 50_000);
        var uid = (await inbox.AppendAsync(new AppendRequest(message), Stop))!.Value;
        await inbox.CheckAsync(Stop);
        var whole = await BytesAsync(await inbox.GetStreamAsync(uid, "2", Stop));

        using var pieces = new MemoryStream();
        while (await BytesAsync(await inbox.GetStreamAsync(uid, "2", (int)pieces.Length, 7919, Stop)) is { Length: > 0 } piece)
            pieces.Write(piece);

        Assert.Equal(whole, pieces.ToArray());
        Assert.Equal(message.Wire()[100..200], await BytesAsync(await inbox.GetStreamAsync(uid, 100, 100, Stop)));
    }

    [Fact]
    public async Task Header_fields_are_fetched_by_name()
    {
        var message = SampleMail.Text("Fields");
        message.Headers.Add("X-Spam-Status", "No, score=0.1\r\n\trequired=5.0");
        message.Headers.Add("Received", "from a.example by b.example; Mon, 2 Mar 2026 09:30:00 +0100");
        message.Headers.Add("Received", "from b.example by c.example; Mon, 2 Mar 2026 09:30:01 +0100");
        var inbox = await InboxAsync();
        await inbox.AppendAsync(new AppendRequest(message), Stop);
        await inbox.CheckAsync(Stop);

        var some = Assert.Single(await inbox.FetchAsync(
            [0], new FetchRequest(MessageSummaryItems.UniqueId, ["received", "X-SPAM-STATUS", "X-Not-There"]), Stop)).Headers!;
        var all = (await FetchAsync(inbox, MessageSummaryItems.Headers)).Headers!;

        Assert.Equal(3, some.Count);
        Assert.Equal(2, some.Count(h => h.Id == HeaderId.Received));
        Assert.Equal("No, score=0.1 required=5.0", some["X-Spam-Status"]!.Replace("\t", " ", StringComparison.Ordinal));
        Assert.Equal(
            message.Headers.Concat(message.Body!.Headers).Select(h => h.Field).Order(StringComparer.Ordinal),
            all.Select(h => h.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sizes_change_numbers_and_the_day_of_saving_are_told()
    {
        var message = SampleMail.Rich("Facts");
        var inbox = await InboxAsync();
        await inbox.AppendAsync(new AppendRequest(message, MessageFlags.None, new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)), Stop);
        await inbox.CheckAsync(Stop);

        var summary = await FetchAsync(inbox, MessageSummaryItems.Size | MessageSummaryItems.ModSeq | MessageSummaryItems.SaveDate);

        Assert.Equal((uint)message.Wire().Length, summary.Size);
        Assert.True(summary.ModSeq > 0);
        // C9 counts from here, and not from the date that a client may choose.
        Assert.InRange(summary.SaveDate!.Value.UtcDateTime, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task Looking_at_a_message_without_reading_it_leaves_it_unread()
    {
        await DeliverAsync(SampleMail.Rich("Unread"));
        var inbox = await InboxAsync();

        const MessageSummaryItems all = MessageSummaryItems.Full | MessageSummaryItems.BodyStructure | MessageSummaryItems.Headers;
        await inbox.FetchAsync(0, -1, new FetchRequest(all), Stop);
        await inbox.GetMessageAsync(0, Stop);

        var summary = await FetchAsync(inbox, MessageSummaryItems.Flags);
        Assert.False(summary.Flags!.Value.HasFlag(MessageFlags.Seen));
    }

    [Fact]
    public async Task A_preview_is_made_of_the_text()
    {
        await DeliverAsync(SampleMail.Text("Preview", "The first words of it.\r\n"), SampleMail.Rich("Rich"));
        var inbox = await InboxAsync();

        var summaries = await inbox.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.PreviewText), Stop);

        Assert.Equal(["The first words of it.", "Grüße aus Köln"], summaries.Select(s => s.PreviewText?.Trim()));
    }

    [Fact]
    public async Task A_message_of_eight_megabytes_is_stored_and_comes_back()
    {
        var message = SampleMail.Rich("Large", attachmentBytes: 6 << 20);
        var inbox = await InboxAsync();
        var uid = (await inbox.AppendAsync(new AppendRequest(message), Stop))!.Value;
        await inbox.CheckAsync(Stop);

        var got = await BytesAsync(await inbox.GetStreamAsync(uid, Stop));
        Assert.True(got.AsSpan().SequenceEqual(message.Wire()));
        Assert.Equal("What was forwarded", (await inbox.GetMessageAsync(uid, Stop)).BodyParts.OfType<MessagePart>().Single().Message!.Subject);
    }

    [Fact]
    public async Task Several_messages_are_appended_with_literals_that_do_not_wait()
    {
        var client = await ImapAsync();
        Assert.True(client.Capabilities.HasFlag(ImapCapabilities.LiteralPlus));
        var inbox = client.Inbox!;

        var uids = await inbox.AppendAsync(
            [.. Enumerable.Range(1, 20).Select(n => new AppendRequest(SampleMail.Text($"Number {n}"), MessageFlags.Seen))], Stop);

        await inbox.OpenAsync(FolderAccess.ReadOnly, Stop);
        Assert.Equal(20, inbox.Count);
        Assert.Equal(uids, (await inbox.FetchAsync(0, -1, new FetchRequest(MessageSummaryItems.UniqueId), Stop)).Select(s => s.UniqueId));
        Assert.Equal("Number 20", (await inbox.GetMessageAsync(uids[19], Stop)).Subject);
    }

    private static async Task<IMessageSummary> FetchAsync(IMailFolder inbox, MessageSummaryItems items) =>
        Assert.Single(await inbox.FetchAsync(0, 0, new FetchRequest(items), Stop));

    private static async Task AppendRawAsync(IMailFolder inbox, string message)
    {
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(message));
        await inbox.AppendAsync(new AppendRequest(await MimeMessage.LoadAsync(bytes, Stop)), Stop);
        await inbox.CheckAsync(Stop);
    }

    private static async Task<byte[]> BytesAsync(Stream stream)
    {
        await using (stream)
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Stop);
            return bytes.ToArray();
        }
    }
}
