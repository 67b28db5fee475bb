using Mailreeve.Accounts.Commands;
using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Testing;

namespace Mailreeve.Accounts.Tests.Mailboxes;

public sealed class MailboxCommandTests
{
    private static readonly string Number = Some.Customer.RegNumber;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_made_password_is_printed_and_opens_the_mailbox()
    {
        await using var it = await MailboxFixture.OpenAsync();
        var output = new StringWriter();

        Assert.Equal(0, await MailboxAddCommand.RunAsync(it.Database, it.Desk, "Lee@provider.example", Number, null, output, Stop));

        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("lee", PasswordIn(output)));
        output = new StringWriter();
        Assert.Equal(0, await MailboxAppPasswordCommand.AddAsync(it.Database, it.Desk, "lee@provider.example", "Telephone", output, Stop));
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("lee", PasswordIn(output)));
        output = new StringWriter();
        Assert.Equal(0, await MailboxPasswordCommand.RunAsync(it.Database, it.Desk, "lee@provider.example", null, output, Stop));
        Assert.IsType<MailboxSignInResult.Accepted>(await it.VerifyAsync("lee", PasswordIn(output)));
    }

    [Theory]
    [InlineData("kim@provider.example", "is a mailbox or an alias already")]
    [InlineData("abuse@provider.example", "the provider's own")]
    [InlineData("lee@elsewhere.example", "neither a domain of the provider nor")]
    public async Task A_mailbox_that_cannot_be_made_is_told_without_a_password(string address, string why)
    {
        await using var it = await MailboxFixture.OpenAsync();
        var output = new StringWriter();

        Assert.Equal(1, await MailboxAddCommand.RunAsync(it.Database, it.Desk, address, Number, null, output, Stop));

        Assert.Contains(why, output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Password", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_of_a_customer_can_have_mailboxes_aliases_and_a_catch_all()
    {
        await using var it = await MailboxFixture.OpenAsync();
        var output = new StringWriter();

        Assert.Equal(1, await MailboxDomainCommand.AddAsync(it.Database, it.Desk, "sub.provider.example", Number, output, Stop));
        Assert.Equal(0, await MailboxDomainCommand.AddAsync(it.Database, it.Desk, "Alder.example.", Number, output, Stop));
        Assert.Equal(0, await MailboxAliasCommand.AddAsync(it.Database, it.Desk, "kim@provider.example", "kim@alder.example", output, Stop));
        Assert.Equal(0, await MailboxDomainCommand.CatchAllAsync(it.Desk, "alder.example", "kim@alder.example", output, Stop));
        Assert.Equal(it.Kim, it.Views.Mailboxes.FindDomain("alder.example")!.CatchAll);
        Assert.Equal(1, await MailboxDomainCommand.RemoveAsync(it.Desk, "alder.example", output, Stop));
        Assert.Equal(0, await MailboxDomainCommand.CatchAllAsync(it.Desk, "alder.example", null, output, Stop));
        Assert.Equal(0, await MailboxAliasCommand.RemoveAsync(it.Database, it.Desk, "kim@provider.example", "kim@alder.example", output, Stop));
        Assert.Equal(0, await MailboxDomainCommand.RemoveAsync(it.Desk, "alder.example", output, Stop));
        Assert.Null(it.Views.Mailboxes.FindDomain("alder.example"));
    }

    [Fact]
    public async Task A_mailbox_is_listed_and_shown_with_what_the_policy_says()
    {
        await using var it = await MailboxFixture.OpenAsync();
        var output = new StringWriter();
        Assert.Equal(0, await MailboxStorageCommand.RunAsync(it.Database, it.Desk, ShippedPolicy.Policy, "kim@provider.example", 2, output, Stop));
        Assert.Contains("holds 75 MB for 10.00 USD a month (clause C9)", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await MailboxStorageCommand.RunAsync(it.Database, it.Desk, ShippedPolicy.Policy, "kim@provider.example", 99, output, Stop));

        Assert.Equal(0, await MailboxActCommand.RunAsync(it.Database, it.Desk, "kim@provider.example", MailboxAct.Suspend, output, Stop));
        Assert.Equal(1, await MailboxActCommand.RunAsync(it.Database, it.Desk, "kim@provider.example", MailboxAct.Suspend, output, Stop));
        Assert.Equal(0, await MailboxActCommand.RunAsync(it.Database, it.Desk, "kim@provider.example", MailboxAct.Reopen, output, Stop));
        Assert.Equal(1, await MailboxActCommand.RunAsync(it.Database, it.Desk, "nobody@provider.example", MailboxAct.Reopen, output, Stop));
        output = new StringWriter();
        Assert.Equal(0, await MailboxListCommand.RunAsync(it.Database, null, output, Stop));
        Assert.Equal(0, await MailboxListCommand.RunAsync(it.Database, Number, output, Stop));
        Assert.Equal(2, output.ToString().Split('\n').Count(l => l.StartsWith("kim@provider.example", StringComparison.Ordinal) && l.Contains("2 steps", StringComparison.Ordinal)));
        output = new StringWriter();
        Assert.Equal(0, await MailboxShowCommand.RunAsync(it.Database, ShippedPolicy.Policy, "KIM@provider.example", output, Stop));
        Assert.Contains("0 MB of 75 MB, 0 % (clause C9)", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("closes 2026-05-01 if nobody uses it (clause C9)", output.ToString(), StringComparison.Ordinal);
    }

    private static string PasswordIn(StringWriter output) =>
        output.ToString().Split('\n').Single(l => l.StartsWith("Password: ", StringComparison.Ordinal))["Password: ".Length..].Trim();
}
