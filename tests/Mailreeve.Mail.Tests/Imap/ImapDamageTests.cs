namespace Mailreeve.Mail.Tests.Imap;

public class ImapDamageTests
{
    [Fact]
    public async Task A_message_whose_segment_is_gone_is_passed_over_and_the_others_are_given()
    {
        await using var server = await ImapTestServer.StartAsync();
        await server.DeliverAsync("one");
        server.Host.Clock.AdvanceDays(1);
        await server.DeliverAsync("two");
        using var peer = await server.SelectAsync();
        server.Host.Segments.DeleteExpired(server.Host.Clock.GetCurrentInstant() - NodaTime.Duration.FromHours(1), TestContext.Current.CancellationToken);

        Assert.Equal(["* 2 FETCH (BODY[TEXT] {5}\r\ntwo\r\n)", "NO [SERVERBUG] Some of the messages cannot be read"], await peer.AskAsync("FETCH 1:* BODY.PEEK[TEXT]"));
        Assert.Equal(["* SEARCH 2", "OK Searched"], await peer.AskAsync("SEARCH FROM sender"));
        Assert.Equal(["* 1 FETCH (FLAGS (\\Recent))", "* 2 FETCH (FLAGS (\\Recent))", "OK Fetched"], await peer.AskAsync("FETCH 1:* FLAGS"));
    }
}
