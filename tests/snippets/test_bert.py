"""BERT: the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.bert import (
    CLS,
    MASK,
    ORDINARY,
    PAD,
    SEP,
    Bert,
    Block,
    PretrainingHeads,
    article_error,
    articles,
    bert_base,
    bert_large,
    corrupt,
    pack,
    pretraining_loss,
    sensitivity,
)


def size(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture
def tokens() -> torch.Tensor:
    x = torch.randint(ORDINARY, 50, (3, 9))
    x[:, 0], x[:, 5], x[:, 8] = CLS, SEP, SEP
    return x


@pytest.fixture
def segments() -> torch.Tensor:
    return torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 1]).repeat(3, 1)


@pytest.fixture
def bert() -> Bert:
    return Bert(V=50, H=24, A=3, L=2, longest=12, std=0.3).double()


def scramble(module: nn.Module) -> None:
    """Random biases and gains too, so that no term can hide behind a zero or a one."""
    for p in module.parameters():
        nn.init.normal_(p, std=0.3)


def torch_layer(block: Block, H: int, A: int) -> nn.TransformerEncoderLayer:
    """torch's own encoder layer with the same weights."""
    layer = nn.TransformerEncoderLayer(
        H, A, 4 * H, dropout=0.0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    ).double()
    pairs = [
        (layer.self_attn.out_proj, block.out),
        (layer.linear1, block.wide),
        (layer.linear2, block.narrow),
        (layer.norm1, block.norm1),
        (layer.norm2, block.norm2),
    ]
    for theirs, ours in pairs:
        theirs.load_state_dict(ours.state_dict())
    layer.self_attn.in_proj_weight.data.copy_(block.qkv.weight)
    layer.self_attn.in_proj_bias.data.copy_(block.qkv.bias)
    return layer


@pytest.mark.parametrize("padded", [0, 3])
def test_output_and_gradient_of_a_layer_equal_torch(padded):
    block = Block(24, 3).double()
    scramble(block)
    layer = torch_layer(block, 24, 3)
    x = torch.randn(2, 7, 24, dtype=torch.double, requires_grad=True)
    x_torch = x.detach().clone().requires_grad_()
    visible = torch.arange(7).expand(2, 7) < 7 - padded
    ours = block(x, visible[:, None, None, :])
    theirs = layer(x_torch, src_key_padding_mask=~visible)
    torch.testing.assert_close(ours, theirs)
    (ours**3).sum().backward()
    (theirs**3).sum().backward()
    torch.testing.assert_close(x.grad, x_torch.grad)
    torch.testing.assert_close(block.qkv.weight.grad, layer.self_attn.in_proj_weight.grad)


def test_an_embedding_is_the_normalised_sum_of_token_place_and_sentence(bert, tokens, segments):
    got = bert.embed(tokens, segments)
    for n, i in ((0, 0), (1, 4), (2, 7)):
        total = bert.token.weight[tokens[n, i]] + bert.place.weight[i]
        total = total + bert.segment.weight[segments[n, i]]
        centred = total - total.mean()
        torch.testing.assert_close(got[n, i], centred / centred.square().mean().sqrt())


def test_the_net_is_embedding_then_layers_then_a_tanh_pooler_on_the_first_token(
    bert, tokens, segments
):
    scramble(bert)
    hidden, C = bert(tokens, segments)
    expected = bert.embed(tokens, segments)
    for block in bert.blocks:
        expected = torch_layer(block, 24, 3)(expected)
    torch.testing.assert_close(hidden, expected)
    first = expected[:, 0] @ bert.pooler.weight.T + bert.pooler.bias
    torch.testing.assert_close(C, torch.tanh(first))


def test_padding_changes_nothing(bert, tokens, segments):
    padded = torch.cat([tokens, torch.full((3, 3), PAD)], dim=1)
    more = torch.cat([segments, torch.zeros(3, 3, dtype=torch.long)], dim=1)
    hidden, C = bert(tokens, segments)
    hidden_padded, C_padded = bert(padded, more)
    torch.testing.assert_close(hidden_padded[:, :9], hidden)
    torch.testing.assert_close(C_padded, C)


def test_base_and_large_have_the_sizes_in_the_paper(record_property):
    with torch.device("meta"):
        base, large = bert_base(), bert_large()
    record_property("BERT base", f"{size(base) / 1e6:.1f} M")
    record_property("BERT large", f"{size(large) / 1e6:.1f} M")
    for model, H, L in ((base, 768, 12), (large, 1024, 24)):
        embeddings = (30522 + 512 + 2) * H + 2 * H
        attention = 4 * (H * H + H)
        feed_forward = (H * 4 * H + 4 * H) + (4 * H * H + H)
        layer = attention + feed_forward + 2 * 2 * H
        assert size(model) == embeddings + L * layer + H * H + H
    assert size(base) == pytest.approx(110e6, rel=0.01)
    assert size(large) == pytest.approx(340e6, rel=0.02)
    assert (base.blocks[0].A, large.blocks[0].A) == (12, 16)


def test_a_new_task_needs_few_new_parameters(record_property):
    with torch.device("meta"):
        base = bert_base()
        x = torch.ones(2, 9, dtype=torch.long)
        hidden, C = base(x, torch.zeros_like(x))
    new = {"MNLI": 3 * C[0].numel(), "SQuAD v1.1": 2 * hidden[0, 0].numel()}  # K×H, and S and E
    for task, count in new.items():
        record_property(f"new for {task}", count)
    assert new == {"MNLI": 3 * 768, "SQuAD v1.1": 2 * 768}
    assert sum(new.values()) < 1e-4 * size(base)


def test_one_new_matrix_turns_the_encoder_into_a_classifier_tuned_from_end_to_end(bert, tokens):
    W = torch.randn(3, 24, dtype=torch.double, requires_grad=True)     # K×H, Sec. 4.1
    _, C = bert(tokens, torch.zeros_like(tokens))
    F.cross_entropy(C @ W.T, torch.zeros(len(tokens), dtype=torch.long)).backward()
    assert W.grad.abs().min() > 0
    for name, p in bert.named_parameters():
        assert p.grad is not None and p.grad.abs().max() > 0, name


def test_every_token_sees_both_sides_and_in_the_ablation_only_the_left(tokens):
    both = sensitivity(Bert(50, 24, 3, 2, std=0.3).double(), tokens[:1])
    left = sensitivity(Bert(50, 24, 3, 2, std=0.3, causal=True).double(), tokens[:1])
    assert both.min() > 1e-4
    assert left.tril().add(torch.ones(9, 9).triu(1)).min() > 1e-4
    assert left.triu(1).max() == 0


def test_sensitivity_is_the_norm_of_the_jacobian(bert, tokens):
    i, j, step = 2, 6, 1e-6
    x = tokens[:1]
    E = bert.embed(x, torch.zeros_like(x)).detach()
    visible = torch.ones(1, 1, 1, 9, dtype=torch.bool)
    columns = []
    for h in range(24):
        moved = E.clone()
        moved[0, j, h] += step
        columns.append((bert.encode(moved, visible) - bert.encode(E, visible))[0, i] / step)
    torch.testing.assert_close(
        sensitivity(bert, x)[i, j], torch.stack(columns).norm(), rtol=1e-4, atol=0
    )


def test_one_token_in_seven_is_chosen_and_treated_80_10_10(record_property):
    x = torch.randint(ORDINARY, 30522, (2000, 128))
    seen, chosen = corrupt(x, 30522)
    share = chosen.float().mean().item()
    masked = (seen == MASK)[chosen].float().mean().item()
    kept = (seen == x)[chosen].float().mean().item()
    random = 1 - masked - kept
    record_property("chosen", f"{share:.1%}")
    record_property("mask", f"{masked:.1%}")
    record_property("random", f"{random:.1%}")
    record_property("same", f"{kept:.1%}")
    record_property("random, of all tokens", f"{random * share:.2%}")
    assert share == pytest.approx(0.15, abs=0.004)
    assert masked == pytest.approx(0.80, abs=0.01)
    assert random == pytest.approx(0.10, abs=0.01)
    assert kept == pytest.approx(0.10, abs=0.01)
    assert torch.equal(seen[~chosen], x[~chosen])


def test_special_tokens_are_neither_chosen_nor_drawn():
    x = torch.tensor([PAD, CLS, SEP, MASK, ORDINARY, ORDINARY + 1]).repeat(4000, 1)
    seen, chosen = corrupt(x, ORDINARY + 3)
    assert not chosen[:, :4].any()
    assert torch.equal(seen[:, :4], x[:, :4])
    assert chosen[:, 4].any()
    drawn = set(seen[:, 4:][chosen[:, 4:]].tolist())
    assert drawn == {MASK, ORDINARY, ORDINARY + 1, ORDINARY + 2}


def test_special_tokens_have_ids_of_their_own():
    assert len({PAD, CLS, SEP, MASK, ORDINARY}) == 5
    assert max(PAD, CLS, SEP, MASK) < ORDINARY == 4


def test_two_sentences_are_packed_by_hand():
    x, sentence = pack([7, 8], [9])
    assert x == [CLS, 7, 8, SEP, 9, SEP]
    assert sentence == [0, 0, 0, 0, 1, 1]


def test_the_heads_score_tokens_with_the_embedding_matrix(bert, tokens, segments):
    heads = PretrainingHeads(bert).double()
    assert size(heads) == size(bert) + (24 * 24 + 24) + 2 * 24 + 50 + (2 * 24 + 2)
    assert heads.bias.abs().max() == 0
    scramble(heads)
    scores, follows = heads(tokens, segments)
    hidden, C = bert(tokens, segments)
    x = F.gelu(hidden @ heads.dense.weight.T + heads.dense.bias)
    x = (x - x.mean(-1, keepdim=True)) / x.std(-1, correction=0, keepdim=True)
    x = x * heads.norm.weight + heads.norm.bias
    torch.testing.assert_close(scores, x @ bert.token.weight.T + heads.bias)
    torch.testing.assert_close(follows, C @ heads.next.weight.T + heads.next.bias)


def test_the_loss_by_hand_counts_chosen_tokens_only_and_adds_both_tasks():
    scores = torch.log(torch.tensor([[[0.5, 0.5], [0.9, 0.1], [0.25, 0.75]]]))
    chosen = torch.tensor([[True, False, True]])
    follows = torch.log(torch.tensor([[0.8, 0.2]]))
    loss = pretraining_loss(scores, follows, torch.tensor([[0, 1, 1]]), chosen, torch.tensor([0]))
    by_hand = -torch.log(torch.tensor([0.5, 0.75])).mean() - torch.log(torch.tensor(0.8))
    assert loss.item() == pytest.approx(by_hand.item())


def test_weights_start_small_biases_at_zero_and_norms_as_the_identity():
    model = Bert(1000, 64, 4, 2)
    for name, p in model.named_parameters():
        if p.dim() == 2:
            near = 0.1 if p.numel() > 1000 else 0.3
            assert p.std().item() == pytest.approx(0.02, rel=near), name
        else:
            assert torch.equal(p, torch.full_like(p, float("norm" in name and "weight" in name)))
    assert {m.eps for m in model.modules() if isinstance(m, nn.LayerNorm)} == {1e-12}
    assert PretrainingHeads(model).norm.eps == 1e-12
    assert model.place.num_embeddings == 512


def test_the_articles_are_what_the_manual_says():
    x, y, V = articles()
    assert x.shape[1] == 11
    assert V == 4 + 27 + 2
    assert (x[:, 0] == CLS).all()
    assert (x[:, 5] == MASK).all()
    assert (x[:, 10] == SEP).all()
    letters = x[:, [1, 2, 3, 4, 6, 7, 8, 9]]
    assert (letters.min(), letters.max()) == (ORDINARY, ORDINARY + 26)
    assert y.unique().tolist() == [V - 2, V - 1]
    vowel = torch.isin(x[:, 6], ORDINARY + torch.tensor([1, 5, 9, 15, 21]))   # a, e, i, o, u
    assert ((y == V - 1) == vowel).float().mean() > 0.97          # "a unit", "an hour" remain


def test_a_gap_whose_answer_stands_on_the_right_needs_both_sides(record_property):
    _, y, V = articles()
    always_a = (y == V - 1).float().mean().item()
    both = article_error(causal=False, steps=140, seed=0)
    left = article_error(causal=True, steps=140, seed=0)
    record_property("both sides", f"{both:.1%}")
    record_property("left side only", f"{left:.1%}")
    record_property("always a", f"{always_a:.1%}")
    assert both < 0.12
    assert left > 0.9 * always_a
