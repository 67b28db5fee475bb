using System.Buffers;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.PolicyDelegation;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>What one Postfix process asks over one connection, one question after the other.</summary>
internal sealed class PolicyConversation(PolicyServiceParts parts, string id, ILogger log)
{
    // Longer than any that Postfix makes; of a longer one the beginning tells enough.
    private const int InstanceBytesMax = 128;

    private readonly byte[] counted = new byte[InstanceBytesMax];
    private int countedLength;
    private DelegationVerdict countedVerdict = DelegationVerdict.Pass.Instance;

    /// <summary>Answers a question; the next one only when this is answered.</summary>
    /// <param name="text">The lines of the request; looked at only until this returns.</param>
    /// <returns>Null when it was no question: the protocol has no answer to that but to hang up. Does not fail.</returns>
    public ValueTask<PolicyAction?> AnswerAsync(ReadOnlySpan<byte> text)
    {
        try
        {
            if (!PolicyRequest.TryParse(text, out var request))
            {
                log.PolicyMalformed(id);
                return new((PolicyAction?)null);
            }

            var deciding = DecideAsync(request);
            return deciding.IsCompletedSuccessfully ? new(AnswerTo(deciding.Result)) : WaitForAsync(deciding);
        }
        catch (Exception e)
        {
            log.PolicyUndecided(e, id);
            return new(PolicyAnswers.Undecided);
        }
    }

    private async ValueTask<PolicyAction?> WaitForAsync(ValueTask<DelegationVerdict> deciding)
    {
        try
        {
            return AnswerTo(await deciding);
        }
        catch (Exception e)
        {
            log.PolicyUndecided(e, id);
            return PolicyAnswers.Undecided;
        }
    }

    private ValueTask<DelegationVerdict> DecideAsync(in PolicyRequest request)
    {
        var client = ClientOf(request.ClientAddress);
        var standing = parts.Answers.Know(client, request.SaslUserName);
        var verdict = DelegationRules.OfClient(standing);
        if (verdict is not DelegationVerdict.Pass)
            return new(verdict);

        return request.Stage switch
        {
            PolicyStage.Rcpt => parts.Answers.OfRecipientAsync(standing, request.Recipient, request.SizeBytes),
            PolicyStage.Data or PolicyStage.EndOfMessage => OfMessageAsync(request, client, standing),
            _ => new(verdict),
        };
    }

    private ValueTask<DelegationVerdict> OfMessageAsync(in PolicyRequest request, Address? client, in ClientStanding standing)
    {
        var envelope = DelegationRules.OfEnvelope(request.Sender.IsEmpty, request.RecipientCount);
        if (envelope is not DelegationVerdict.Pass)
            return new(envelope);

        // Whoever asks both at DATA and at the end of the message has one message counted, and hears the same twice.
        var instance = request.Instance[..Math.Min(request.Instance.Length, InstanceBytesMax)];
        if (!instance.IsEmpty && instance.SequenceEqual(counted.AsSpan(0, countedLength)))
            return new(countedVerdict);
        countedLength = 0;
        var counting = parts.Answers.OfMessageAsync(client, request.SaslUserName, standing, request.RecipientCount, CancellationToken.None);
        return counting.IsCompletedSuccessfully
            ? new(Remember(instance.ToArray(), counting.Result))
            : RememberAsync(instance.ToArray(), counting);
    }

    private async ValueTask<DelegationVerdict> RememberAsync(byte[] instance, ValueTask<DelegationVerdict> counting) =>
        Remember(instance, await counting);

    private DelegationVerdict Remember(byte[] instance, DelegationVerdict verdict)
    {
        instance.CopyTo(counted, 0);
        (countedLength, countedVerdict) = (instance.Length, verdict);
        return verdict;
    }

    private PolicyAction AnswerTo(DelegationVerdict verdict)
    {
        var action = PolicyAnswers.For(verdict, parts.WhereToTurn);
        if (verdict is not DelegationVerdict.Pass && log.IsEnabled(LogLevel.Debug))
            log.PolicyObjected(id, action.Text);
        return action;
    }

    // "unknown", or nothing, for mail that came from no network.
    private static Address? ClientOf(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[48];
        return text.Length <= characters.Length && System.Text.Ascii.ToUtf16(text, characters, out var length) == OperationStatus.Done
            && Address.TryParse(characters[..length], out var address) ? address : null;
    }
}
