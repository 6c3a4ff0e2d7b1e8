namespace Iarnet.Bus.Tests.Security;

public sealed class AuthenticatorTests
{
    [Theory]
    [InlineData("ann", "secret", true)]
    [InlineData("ann", "Secret", false)]
    [InlineData("ann", "", false)]
    [InlineData("Ann", "secret", false)]
    [InlineData("", "", false)]
    [InlineData("bob", "", true)]
    public async Task Plain_lets_in_who_knows_the_password(string user, string password, bool accepted)
    {
        var authenticator = new PlainAuthenticator(new Dictionary<string, string> { ["ann"] = "secret", ["bob"] = "" });
        var result = await authenticator.AuthenticateAsync(new AuthenticationRequest { Mechanism = "PLAIN", UserName = user, Password = password }, default);
        Assert.Equal(accepted, result.Accepted);
        Assert.Equal(accepted ? user : "", result.UserId);
        Assert.Equal(accepted, result.Reason.Length == 0);
    }

    [Fact]
    public async Task Curve_lets_in_known_keys()
    {
        var (known, other) = (Key(1), Key(2));
        var authenticator = new CurveAuthenticator([known]);
        var result = await authenticator.AuthenticateAsync(new AuthenticationRequest { Mechanism = "CURVE", PublicKey = known }, default);
        Assert.True(result.Accepted);
        Assert.Equal(known.ToString(), result.UserId);
        result = await authenticator.AuthenticateAsync(new AuthenticationRequest { Mechanism = "CURVE", PublicKey = other }, default);
        Assert.False(result.Accepted);
        Assert.Contains(other.ToString(), result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authenticator_of_one_mechanism_refuses_clients_of_the_other()
    {
        var plain = new PlainAuthenticator(new Dictionary<string, string> { [""] = "" });
        Assert.False((await plain.AuthenticateAsync(new AuthenticationRequest { Mechanism = "CURVE", PublicKey = Key(1) }, default)).Accepted);
        var curve = new CurveAuthenticator([default, Key(1)]);
        Assert.False((await curve.AuthenticateAsync(new AuthenticationRequest { Mechanism = "PLAIN", UserName = "u", Password = "p" }, default)).Accepted);
    }

    [Fact]
    public async Task Without_an_authenticator_plain_lets_in_nobody_and_curve_everybody()
    {
        using var keys = CurveKeyPair.Generate();
        var request = new AuthenticationRequest { Mechanism = "any" };
        var plain = await BusSecurity.PlainServer().DefaultAuthenticator.AuthenticateAsync(request, default);
        Assert.False(plain.Accepted);
        Assert.Contains("PlainAuthenticator", plain.Reason, StringComparison.Ordinal);
        Assert.True((await BusSecurity.CurveServer(keys).DefaultAuthenticator.AuthenticateAsync(request, default)).Accepted);
    }

    [Fact]
    public void The_password_is_in_no_text()
    {
        var request = new AuthenticationRequest { Mechanism = "PLAIN", UserName = "ann", Password = "hush", Address = "10.0.0.1:4" };
        Assert.Equal("PLAIN client ann at 10.0.0.1:4", request.ToString());
        Assert.Equal("PLAIN", BusSecurity.PlainClient("ann", "hush").ToString());
    }

    private static CurveKey Key(byte value)
    {
        var bytes = new byte[CurveKey.Size];
        bytes[0] = value;
        return new CurveKey(bytes);
    }
}
