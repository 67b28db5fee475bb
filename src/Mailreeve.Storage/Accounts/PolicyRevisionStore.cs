using NodaTime;

namespace Mailreeve.Storage.Accounts;

/// <summary>Every revision of the policy that was ever in force, with its full text (S6).</summary>
public sealed class PolicyRevisionStore(DbSession db)
{
    /// <summary>Keeps a revision that is in force from now on.</summary>
    /// <returns>
    /// <see cref="RevisionKept.Differs"/> when one of this name was in force with another text: then nothing is changed, and it may
    /// not come into force, because decisions name the revision they rest on.
    /// </returns>
    public async Task<RevisionKept> KeepAsync(string revision, string content, Instant now, CancellationToken stop)
    {
        var added = await db.ExecuteAsync("""
            INSERT INTO policy_revision (revision, content, in_force_at)
            VALUES (@revision, @content, @now)
            ON CONFLICT (revision) DO NOTHING
            """, new { revision, content, now }, stop) == 1;
        if (!added)
            return await ContentOfAsync(revision, stop) == content ? RevisionKept.Known : RevisionKept.Differs;

        await db.RecordChangeAsync(ChangeKind.Policy, 0, stop);
        return RevisionKept.New;
    }

    /// <summary>All revisions, newest first.</summary>
    public Task<IReadOnlyList<PolicyRevisionRow>> ListAsync(CancellationToken stop) =>
        db.QueryAsync<PolicyRevisionRow>("""
            SELECT revision, in_force_at
            FROM   policy_revision
            ORDER  BY in_force_at DESC, revision DESC
            """, null, stop);

    /// <summary>The text of a revision as it stood in its file; null when it never was in force.</summary>
    public Task<string?> ContentOfAsync(string revision, CancellationToken stop) =>
        db.SingleOrDefaultAsync<string>("SELECT content FROM policy_revision WHERE revision = @revision", new { revision }, stop);
}

/// <summary>What came of keeping a revision.</summary>
public enum RevisionKept
{
    /// <summary>It is new.</summary>
    New,

    /// <summary>It is kept already, with the same text.</summary>
    Known,

    /// <summary>Another text is kept under its name.</summary>
    Differs,
}

/// <summary>A row of <c>policy_revision</c> without its text.</summary>
public sealed record PolicyRevisionRow
{
    /// <summary>Its name.</summary>
    public required string Revision { get; init; }

    /// <summary>Since when, for the first time.</summary>
    public required Instant InForceAt { get; init; }
}
