namespace Iarnet.Bus.Tests.Security;

public sealed class CurveKeyTests
{
    private const string Public = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
    private const string Secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

    [Fact]
    public void A_key_is_its_bytes()
    {
        var key = CurveKey.Parse(Public);
        Assert.Equal(Public, key.ToString());
        Assert.Equal(key, new CurveKey(key.ToArray()));
        Assert.Equal(key.GetHashCode(), new CurveKey(key.ToArray()).GetHashCode());
        var other = key.ToArray();
        other[31] ^= 1;
        Assert.True(key != new CurveKey(other));
        Assert.False(key == default);
        Assert.Throws<ArgumentException>(() => new CurveKey(new byte[31]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI")]
    [InlineData("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID0")]
    [InlineData("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI~")]
    public void What_is_no_key_is_refused(string? text)
    {
        Assert.False(CurveKey.TryParse(text, out _));
        Assert.Throws<FormatException>(() => CurveKey.Parse(text!));
    }

    [Fact]
    public void A_pair_is_made_from_the_secret_key()
    {
        using var pair = CurveKeyPair.FromZ85(Public, Secret);
        using var again = CurveKeyPair.FromSecretKey(pair.ExportSecretKey());
        Assert.Equal(Public, pair.PublicKey.ToString());
        Assert.Equal(pair.PublicKey, again.PublicKey);
        Assert.Equal(Secret, again.ExportSecretKey());
    }

    [Fact]
    public void The_public_key_is_that_of_nacl()
    {
        // Alice of NaCl's tests/scalarmult.c.
        using var alice = CurveKeyPair.FromSecretKey(Convert.FromHexString("77076D0A7318A57D3C16C17251B26645DF4C2F87EBC0992AB177FBA51DB92C2A"));
        Assert.Equal("8520F0098930A754748B7DDCB43EF75A0DBF3A0D26381AF4EBA4A98EAA9B4E6A", Convert.ToHexString(alice.PublicKey.ToArray()));
    }

    [Fact]
    public void Keys_of_two_pairs_are_refused()
    {
        using var other = CurveKeyPair.Generate();
        var error = Assert.Throws<ArgumentException>(() => CurveKeyPair.FromZ85(other.PublicKey.ToString(), Secret));
        Assert.Contains(Public, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_secret_key_is_in_no_text_and_gone_after_disposing()
    {
        using var pair = CurveKeyPair.FromZ85(Public, Secret);
        Assert.DoesNotContain(Secret, pair.ToString(), StringComparison.Ordinal);
        var wrong = Secret[..39] + "~";
        Assert.DoesNotContain(wrong, Assert.Throws<FormatException>(() => CurveKeyPair.FromSecretKey(wrong)).Message, StringComparison.Ordinal);
        var security = BusSecurity.CurveServer(pair);
        Assert.DoesNotContain(Secret, security.ToString(), StringComparison.Ordinal);
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(pair.ExportSecretKey);
    }

    [Fact]
    public void Two_generated_pairs_differ()
    {
        using var one = CurveKeyPair.Generate();
        using var other = CurveKeyPair.Generate();
        Assert.NotEqual(one.PublicKey, other.PublicKey);
        Assert.NotEqual(one.ExportSecretKey(), other.ExportSecretKey());
    }
}
