using System.Net;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;

namespace Mailreeve.Web.Tests;

public sealed class WhoPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_who_had_an_address_and_what_says_so()
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);
        await host.Database.WriteAsync(db => new SessionStore(db).SaveAsync(
            [
                new AddressSession
                {
                    Source = SessionSource.Radius, Nas = "bras1", Session = "0000002A", Login = "a<b>line", Prefix = Prefix.Parse("198.51.100.7"),
                    StartedAt = Some.Time, SeenAt = Some.Time, RecordedAt = Some.Time,
                },
            ], Stop), Stop);

        var page = await desk.OpenAsync("/desk/who?address=198.51.100.7&at=2026-03-02T11:00:00Z");

        Assert.Contains("0000002A of bras1", page, StringComparison.Ordinal);
        Assert.Contains("a&lt;b&gt;line", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("address=192.0.2.x", "Write it like 198.51.100.7")]
    [InlineData("address=192.0.2.7&port=65536", "A port is 1 to 65535.")]
    [InlineData("address=192.0.2.7&at=yesterday", "Write it like 2026-03-02T10:15:30Z.")]
    public async Task What_cannot_be_read_is_said_beside_its_field(string query, string expected)
    {
        await using var host = await WebHost.StartAsync();
        var desk = await host.SignedInAsync(OperatorRole.AbuseDesk);

        Assert.Contains(expected, await desk.OpenAsync($"/desk/who?{query}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_is_answered()
    {
        await using var host = await WebHost.StartAsync();

        Assert.NotEqual(HttpStatusCode.OK, await host.Stranger().StatusOfAsync("/desk/who?address=192.0.2.7"));
    }
}
