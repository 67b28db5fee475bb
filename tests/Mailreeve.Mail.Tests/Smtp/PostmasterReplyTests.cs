using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Smtp;

/// <summary>C7: what comes to the address in a mail to postmaster@ is an answer; who made it is decided where it comes, and nothing else of it is kept.</summary>
public sealed class PostmasterReplyTests
{
    private static readonly string Code = PostmasterCode.Of(Some.Customer.Id, "alder.example", 1, new byte[32]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_persons_answer_is_a_row_without_code_and_text_and_so_is_a_programs()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await AskAsync(temp);
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();

        Assert.Equal("250 2.0.0 Accepted as answer 1", await SendAsync(peer, "<>", Code, "Subject: Away"));
        Assert.Equal("250 2.0.0 Accepted as nothing new", await SendAsync(peer, "<kim@alder.example>", Code, "Auto-Submitted: auto-replied"));
        Assert.StartsWith("250 2.0.0 Accepted as answer ", await SendAsync(peer, "<kim@alder.example>", Code.ToUpperInvariant(), "Subject: Re: Does somebody read it?"), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 Accepted as nothing new", await SendAsync(peer, "<kim@alder.example>", Code, "Subject: Once more"));

        var rows = await temp.Db.ReadAsync(db => new PostmasterReplyStore(db).WaitingAsync(10, Stop), Stop);
        Assert.Equal([(ProgramMark?)ProgramMark.NullSender, null], rows.Select(r => r.Mark));
        Assert.All(rows, r => Assert.Equal(PostmasterCode.HashOf(Code), r.CodeHash));
        Assert.Empty(await ReportsAsync(temp));
    }

    [Fact]
    public async Task What_was_written_to_a_code_of_nobodys_is_for_a_person_and_what_is_no_code_is_refused()
    {
        await using var temp = await TempDatabase.OpenAsync();
        await AskAsync(temp);
        await using var server = await ServeAsync(temp);
        using var peer = await server.GreetAsync();
        var old = PostmasterCode.Of(Some.Customer.Id, "alder.example", 0, new byte[32]);

        Assert.Equal("250 2.0.0 Accepted as report R-1", await SendAsync(peer, "<kim@alder.example>", old, "Subject: Re: Does somebody read it?"));
        Assert.Equal(ReportQueue.Postmaster, Assert.Single(await ReportsAsync(temp)).Queue);
        await peer.AskAsync("MAIL FROM:<kim@alder.example>");
        Assert.StartsWith("550", await peer.AskAsync($"RCPT TO:<postmaster+{Code[1..]}@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("550", await peer.AskAsync($"RCPT TO:<postmaster+{Code}@other.example>"), StringComparison.Ordinal);

        // It goes alone: it is kept in another way.
        Assert.StartsWith("250", await peer.AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);
        Assert.StartsWith("452", await peer.AskAsync($"RCPT TO:<postmaster+{Code}@provider.example>"), StringComparison.Ordinal);
        Assert.Empty(await temp.Db.ReadAsync(db => new PostmasterReplyStore(db).WaitingAsync(10, Stop), Stop));
    }

    private static async Task<string> SendAsync(SmtpPeer peer, string from, string code, string header)
    {
        await peer.AskAsync($"MAIL FROM:{from}");
        Assert.StartsWith("250", await peer.AskAsync($"RCPT TO:<postmaster+{code}@provider.example>"), StringComparison.Ordinal);
        await peer.AskAsync("DATA");
        return await peer.AskAsync($"{header}\r\n\r\nYes, I do.\r\n.");
    }

    private static Task<IReadOnlyList<WaitingReport>> ReportsAsync(TempDatabase temp) =>
        temp.Db.ReadAsync(db => new ReportStore(db).WaitingAsync(10, 1 << 20, Instant.MaxValue, Stop), Stop);

    // As the network slice leaves it.
    private static Task AskAsync(TempDatabase temp) => temp.Db.WriteAsync(async db =>
    {
        await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
        var store = new PostmasterStore(db);
        await store.PutAsync([("alder.example", Some.Customer.Id)], Some.Time, Stop);
        var row = (await store.FindAsync("alder.example", Stop))!;
        var asked = row.At(PostmasterRules.After(row.Standing, PostmasterFinding.Accepts, Duration.FromDays(7), Some.Time)) with { Cycle = 1, CodeHash = PostmasterCode.HashOf(Code) };
        Assert.True(await store.RecordAsync(row, asked, Stop));
    }, Stop);

    private static Task<SmtpTestServer> ServeAsync(TempDatabase temp) =>
        SmtpTestServer.StartAsync(p => p with { Keep = new MailIntake(temp.Db, new byte[32]).KeepAsync });
}
