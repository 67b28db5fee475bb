using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;

namespace Mailreeve.Mail.Tests.Imap;

/// <summary>What a program written by others makes of us.</summary>
public class ImapMailKitTests
{
    [Fact]
    public async Task A_day_with_a_mail_program()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await ImapTestServer.StartAsync();
        await server.DeliverAsync("one");
        await server.DeliverAsync("two");
        using var client = await SignInAsync(server);

        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, stop);
        Assert.Equal(2, client.Inbox.Count);
        var summaries = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Full | MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure
            | MessageSummaryItems.ModSeq | MessageSummaryItems.SaveDate | MessageSummaryItems.References, stop);
        Assert.Equal(["one", "two"], summaries.Select(s => s.Envelope!.Subject));
        Assert.All(summaries, s => Assert.NotNull(s.SaveDate));

        var mail = new MimeMessage(new[] { new MailboxAddress("Kim", "kim@provider.example") }, [new MailboxAddress("", "lee@elsewhere.example")], "Grüße",
            new BodyBuilder { TextBody = "Schöne Grüße", HtmlBody = "<p>Schöne Grüße</p>", Attachments = { { "list.csv", "a;b"u8.ToArray() } } }.ToMessageBody());
        var sent = client.GetFolder(SpecialFolder.Sent);
        var appended = await sent!.AppendAsync(new AppendRequest(mail, MessageFlags.Seen, ["$Work"]), stop);
        await sent.OpenAsync(FolderAccess.ReadWrite, stop);
        Assert.Equal([appended!.Value], await sent.SearchAsync(SearchQuery.BodyContains("schöne grüße").And(SearchQuery.SubjectContains("GRÜSSE").Or(SearchQuery.SubjectContains("GRÜßE"))), stop));
        var back = await sent.GetMessageAsync(appended.Value, stop);
        Assert.Equal("Schöne Grüße", back.TextBody);
        Assert.Equal("a;b"u8.ToArray(), Decoded((MimePart)back.Attachments.Single()));
        var structure = (BodyPartMultipart)(await sent.FetchAsync([appended.Value], MessageSummaryItems.BodyStructure, stop))[0].Body!;
        Assert.Equal(2, structure.BodyParts.Count);
        Assert.Equal("a;b"u8.ToArray(), Decoded((MimePart)await sent.GetBodyPartAsync(appended.Value, structure.BodyParts[1], stop)));

        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, stop);
        await client.Inbox.AddFlagsAsync(0, MessageFlags.Flagged, silent: true, stop);
        Assert.Equal([0], (await client.Inbox.SearchAsync(SearchOptions.All, SearchQuery.Flagged, stop)).UniqueIds.Select(u => (int)u.Id - 1));
        var archive = await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("Archive & more", isMessageFolder: true, stop);
        var moved = await client.Inbox.MoveToAsync([new UniqueId(1)], archive!, stop);
        Assert.Equal([1u], moved.Destination.Select(u => u.Id));
        Assert.Equal(1, client.Inbox.Count);
        await archive!.StatusAsync(StatusItems.Count | StatusItems.Unread | StatusItems.Size | StatusItems.HighestModSeq, stop);
        Assert.Equal((1, 1), (archive.Count, archive.Unread));
        await archive.RenameAsync(client.GetFolder(client.PersonalNamespaces[0]), "Ablage", stop);
        Assert.Contains(await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.Count, subscribedOnly: false, stop), f => f.Name == "Ablage");

        var quota = await client.Inbox.GetQuotaAsync(stop);
        Assert.Equal(24_414u, quota.StorageLimit);
        await client.DisconnectAsync(quit: true, stop);
    }

    [Fact]
    public async Task Sorting_and_threading_are_as_the_program_expects()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await ImapTestServer.StartAsync();
        foreach (var text in new[] { "b", "a", "c" })
            await server.DeliverAsync(text);
        using var client = await SignInAsync(server);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, stop);

        Assert.Equal([2u, 1u, 3u], (await client.Inbox.SortAsync(SearchQuery.All, [OrderBy.Subject], stop)).Select(u => u.Id));
        Assert.Equal(3, (await client.Inbox.ThreadAsync(ThreadingAlgorithm.References, SearchQuery.All, stop)).Count);
        Assert.Equal([1u, 2u, 3u], (await client.Inbox.SearchAsync(SearchOptions.All | SearchOptions.Count | SearchOptions.Min | SearchOptions.Max, SearchQuery.NotSeen, stop)).UniqueIds.Select(u => u.Id));
    }

    [Fact]
    public async Task It_is_told_of_new_mail_while_it_waits()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await ImapTestServer.StartAsync();
        using var client = await SignInAsync(server);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, stop);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var count = 0;
        client.Inbox.CountChanged += (_, _) =>
        {
            count = client.Inbox.Count;
            done.Cancel();
        };

        var idle = client.IdleAsync(done.Token, stop);
        await server.DeliverAsync("one");
        await idle;

        Assert.Equal(1, count);
    }

    private static async Task<ImapClient> SignInAsync(ImapTestServer server)
    {
        var client = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=imap.provider.example" };
        await client.ConnectAsync("127.0.0.1", server.TlsPort, SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
        await client.AuthenticateAsync("kim@provider.example", "secret", TestContext.Current.CancellationToken);
        return client;
    }

    private static byte[] Decoded(MimePart part)
    {
        using var octets = new MemoryStream();
        part.Content!.DecodeTo(octets);
        return octets.ToArray();
    }
}
