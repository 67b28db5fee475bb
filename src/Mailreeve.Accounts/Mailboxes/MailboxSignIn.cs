using System.Collections.Concurrent;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mailboxes;
using NodaTime;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Signs users in to their mailboxes, for POP3, IMAP, submission and the browser.</summary>
/// <remarks>
/// Programs sign in over and over: a password that was right a quarter of an hour ago is looked up in memory, and neither hashed nor
/// asked of the database. Any change of a password makes another version of the credentials, under which nothing remembered fits; a
/// change made by another process arrives with the live views, within a second. A wrong password that one network has tried before is
/// refused without being counted again, so that an old telephone with last year's password does not slow its whole house down.
/// </remarks>
/// <param name="database">Where the hashes are.</param>
/// <param name="views">Which mailboxes there are.</param>
/// <param name="hashing">Passwords.</param>
/// <param name="throttle">Slows down those who guess.</param>
/// <param name="uses">Where a use is noted.</param>
/// <param name="domains">The provider's own domains, for users who write only what stands before the <c>@</c>.</param>
/// <param name="clock">The time.</param>
public sealed class MailboxSignIn(
    Database database, LiveViews views, PasswordHashing hashing, AttemptThrottle throttle, LastUse uses, IReadOnlyList<string> domains, IClock clock)
{
    /// <summary>Longest name that is looked up, in characters; there is no longer address (RFC 5321 §4.5.3.1.3).</summary>
    private const int UserLengthMax = 254;

    private static readonly Duration Remembered = Duration.FromMinutes(15);
    private static readonly Duration WrongRemembered = Duration.FromHours(1);

    private readonly AttemptDigest digest = new();
    private readonly RecentDigests verified = new(Remembered, 100_000);
    private readonly RecentDigests wrong = new(WrongRemembered, 100_000);
    private readonly ConcurrentDictionary<UInt128, Task<MailboxSignInResult?>> underWay = new();

    /// <summary>Checks a name and a password.</summary>
    /// <param name="user">The mailbox's address or an alias, in any case; or the part before the <c>@</c> of one of the provider's own.</param>
    /// <param name="password">The mailbox's own password or an app password.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    public async ValueTask<MailboxSignInResult> VerifyAsync(string user, string password, Address client, CancellationToken stop)
    {
        var mailbox = MailboxOf(user);
        var account = mailbox is null ? $"mailbox {Shortened(user)}" : $"mailbox {mailbox.Address}";
        var typed = password.Length > PasswordRules.LengthMax ? "" : password;
        var now = clock.GetCurrentInstant();

        // Before the memory of right passwords: that would answer a guess as well as a hash does.
        if (throttle.WaitOf(client, account) is var wait && wait > Duration.Zero)
            return new MailboxSignInResult.TooManyAttempts(wait);
        if (mailbox is not null && verified.Contains(digest.OfVerified(mailbox.Id.Value, mailbox.CredentialsVersion, typed), now))
            return await EnterAsync(mailbox, now, stop);

        var attempt = digest.OfAttempt(AttemptThrottle.NetworkOf(client), account, mailbox?.CredentialsVersion ?? 0, typed);
        return wrong.Contains(attempt, now)
            ? new MailboxSignInResult.Refused()
            : await OnceAsync(attempt, () => TryAsync(attempt, mailbox, account, typed, client, stop), stop);
    }

    // A mail program opens five connections at once: they are one attempt, checked and counted once.
    private async Task<MailboxSignInResult> OnceAsync(UInt128 attempt, Func<Task<MailboxSignInResult>> tryIt, CancellationToken stop)
    {
        while (true)
        {
            var mine = new TaskCompletionSource<MailboxSignInResult?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = underWay.GetOrAdd(attempt, mine.Task);
            if (ReferenceEquals(first, mine.Task))
                return await LeadAsync(attempt, mine, tryIt);
            // Nothing when the first one hung up before it had an answer: then this one is the first.
            if (await first.WaitAsync(stop) is { } answer)
                return answer;
        }
    }

    private async Task<MailboxSignInResult> LeadAsync(
        UInt128 attempt, TaskCompletionSource<MailboxSignInResult?> answer, Func<Task<MailboxSignInResult>> tryIt)
    {
        MailboxSignInResult? result = null;
        try
        {
            result = await tryIt();
            return result;
        }
        finally
        {
            underWay.TryRemove(attempt, out _);
            answer.SetResult(result);
        }
    }

    private async Task<MailboxSignInResult> TryAsync(
        UInt128 attempt, MailboxEntry? mailbox, string account, string typed, Address client, CancellationToken stop)
    {
        var now = clock.GetCurrentInstant();
        var wait = throttle.Begin(client, account);
        if (wait > Duration.Zero)
            return new MailboxSignInResult.TooManyAttempts(wait);
        if (!await IsRightAsync(mailbox, typed, stop))
        {
            wrong.Add(attempt, now);
            return new MailboxSignInResult.Refused();
        }

        throttle.Succeeded(client, account);
        verified.Add(digest.OfVerified(mailbox!.Id.Value, mailbox.CredentialsVersion, typed), now);
        return await EnterAsync(mailbox, now, stop);
    }

    private MailboxEntry? MailboxOf(string user)
    {
        if (user.Length is 0 or > UserLengthMax)
            return null;
        var mailboxes = views.Mailboxes;
        if (user.Contains('@', StringComparison.Ordinal))
            return mailboxes.Find(user);
        MailboxEntry? only = null;
        foreach (var domain in domains)
        {
            if (mailboxes.Find($"{user}@{domain}") is not { } found || found.Id == only?.Id)
                continue;
            if (only is not null)
                return null;
            only = found;
        }

        return only;
    }

    // Takes as long for a mailbox that does not exist: the same two reads, the same rounds.
    private async Task<bool> IsRightAsync(MailboxEntry? mailbox, string typed, CancellationToken stop)
    {
        var id = mailbox?.Id ?? new MailboxId(0);
        var credentials = await database.ReadAsync(db => new MailboxStore(db).CredentialsOfAsync(id, stop), stop);
        if (AppPassword.IsAnyOf(typed, credentials?.AppPasswordHashes ?? []))
            return true;
        var check = await hashing.CheckAsync(typed, credentials?.PasswordHash, stop);
        if (check == PasswordCheck.RightButOld)
        {
            var anew = await hashing.HashAsync(typed, stop);
            await database.WriteAsync(db => new MailboxStore(db).RehashAsync(id, credentials!.PasswordHash!, anew, stop), stop);
        }

        return check != PasswordCheck.Wrong;
    }

    // Only someone with the right password is told in what state the mailbox is.
    private async ValueTask<MailboxSignInResult> EnterAsync(MailboxEntry mailbox, Instant now, CancellationToken stop)
    {
        switch (mailbox.State, views.Directory.Find(mailbox.CustomerId)?.State)
        {
            case (MailboxState.Ended, _) or (_, CustomerState.Closed):
                return new MailboxSignInResult.Refused();
            case (MailboxState.Suspended, _) or (_, CustomerState.Suspended):
                return new MailboxSignInResult.Suspended();
            case (MailboxState.Inactive, _):
                // Two programs at once: the second finds it open already, which is what it wanted.
                await database.WriteAsync(
                    db => new MailboxStore(db).SetStateAsync(mailbox.Id, MailboxState.Inactive, MailboxState.Active, now, stop), stop);
                break;
        }

        uses.Note(mailbox.Id);
        return new MailboxSignInResult.Accepted(mailbox.Id, mailbox.Address);
    }

    // The tables of attempts must not hold a megabyte under one key.
    private static string Shortened(string user) => (user.Length > 64 ? user[..64] : user).ToLowerInvariant();
}

/// <summary>What came of signing in to a mailbox.</summary>
public abstract record MailboxSignInResult
{
    private MailboxSignInResult()
    {
    }

    /// <summary>It is the mailbox's user.</summary>
    /// <param name="Mailbox">Which mailbox.</param>
    /// <param name="Address">Its own address, whatever name was used.</param>
    public sealed record Accepted(MailboxId Mailbox, string Address) : MailboxSignInResult;

    /// <summary>Name and password do not belong together. More must not be said.</summary>
    public sealed record Refused : MailboxSignInResult;

    /// <summary>The password is right; the mailbox or its customer is suspended.</summary>
    public sealed record Suspended : MailboxSignInResult;

    /// <summary>Too many attempts; nothing was checked.</summary>
    /// <param name="Wait">Time before the next one.</param>
    public sealed record TooManyAttempts(Duration Wait) : MailboxSignInResult;
}
