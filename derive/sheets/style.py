r"""The head of a sheet: packages, and the commands that its pages are written in.

``\Row{left}{formula}{reason}{words}`` is one line of working: a formula in place, and its
reason at the right margin, on a line of its own when both do not fit. The formula is a run of
``\Piece``; lines break between pieces. When a piece is wider than the line, the formula is set smaller;
when that does not help, ``words``, the formula as plain text, stands in its place.
"""

from typing import Final

HEAD: Final = r"""% Without the option `answers` this is the question paper alone.
\documentclass[11pt,a4paper,answers]{exam}
% Latin Modern where it is installed, else Computer Modern in its original encoding.
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\ProvideTextCommandDefault{\textquotedbl}{\textquotedblright}
\ProvideTextCommandDefault{\k}[1]{#1}
\IfFileExists{microtype.sty}{\usepackage{microtype}}{}
\usepackage[a4paper,margin=22mm,includeheadfoot]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{array,booktabs,longtable}
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\allowdisplaybreaks
\pointpoints{mark}{marks}
\bracketedpoints
\newcommand{\Mark}[1]{\makebox[1.2em]{$#1$}}
\newcommand{\Label}[1]{{\sffamily\bfseries\small #1}\quad}
\newcommand{\Heading}[1]{\par\addvspace{0.5\baselineskip}{\sffamily\bfseries\small #1}\par\nopagebreak}
\newcommand{\Part}[1]{\par\addvspace{0.6\baselineskip}\textbf{#1}\par\nopagebreak}
\newcommand{\Together}{\par\vskip 0pt plus 14\baselineskip\penalty-300\vskip 0pt plus -14\baselineskip}
\newcommand{\Verdict}[2]{\par\nopagebreak\addvspace{0.5\baselineskip}\nopagebreak
  \hrule height 0.4pt\nopagebreak
  \vspace{0.4\baselineskip}{\hangindent=1.5em\hangafter=1 \textbf{#1}#2\par}}

% Formulas that break between pieces, shrink to fit, and at worst are printed as text.
\newlength{\Widest}\newlength{\Room}\newlength{\Left}\newlength{\Total}\newlength{\Reason}
\newsavebox{\PieceBox}\newsavebox{\ReasonBox}\newsavebox{\LeftBox}
\newcommand{\Style}{\displaystyle}
\newcommand{\Piece}[1]{$\Style #1$\hskip 0pt plus 1pt\relax}
\newcommand{\MeasurePiece}[1]{\sbox{\PieceBox}{$\Style #1$}%
  \global\advance\Total by \wd\PieceBox
  \ifdim\wd\PieceBox>\Widest \global\Widest=\wd\PieceBox\fi}
\newcommand{\Measure}[1]{{\global\Widest=0pt \global\Total=0pt \let\Piece\MeasurePiece
  \setbox0\hbox{#1}}}
\newcommand{\Flow}[2]{% formula, words; as wide as \Room
  \Measure{#1}%
  \ifdim\Widest>\Room \Measure{\small #1}%
    \ifdim\Widest>\Room \Measure{\footnotesize #1}%
      \ifdim\Widest>\Room {\footnotesize #2}\else{\footnotesize #1}\fi
    \else{\small #1}\fi
  \else #1\fi}
\newcommand{\Paragraph}[2]{\parbox[t]{\Room}{\raggedright\hangindent=1.6em\hangafter=1
  \lineskiplimit=2pt\lineskip=4pt\relax\strut\Flow{#1}{#2}\strut}}
\newcommand{\Row}[4]{\par\addvspace{3pt}% left, formula, reason, words
  \sbox{\LeftBox}{#1}\sbox{\ReasonBox}{\footnotesize #3}%
  \Room=\linewidth \advance\Room by -\wd\LeftBox \Reason=\Room
  \Measure{#2}\advance\Reason by -\Total \advance\Reason by -1.5em
  \noindent\usebox{\LeftBox}%
  \ifdim\wd\ReasonBox<\Reason
    #2\hspace*{\fill}\usebox{\ReasonBox}%
  \else\ifdim 0.34\linewidth<\Reason
    #2\hspace*{\fill}\parbox[t]{0.33\linewidth}{\footnotesize\raggedleft\strut #3\strut}%
  \else
    \Paragraph{#2}{#4}%
    \ifdim\wd\ReasonBox>0pt
      \par\nopagebreak\hspace*{0.25\linewidth}%
      \parbox[t]{0.75\linewidth}{\footnotesize\raggedleft\strut #3\strut}%
    \fi
  \fi\fi\par}

% A chain of relations: what stands on the left once, then a line for each relation.
\newlength{\Indent}
\newcommand{\FirstLeft}{}
\newcommand{\Chain}[2]{% formula, words
  \Measure{#1}\Indent=\Total \advance\Indent by 0.3em
  \ifdim\Indent<0.3\linewidth \renewcommand{\FirstLeft}{#1}%
  \else \Row{}{#1}{}{#2}\nopagebreak \Indent=1.6em \renewcommand{\FirstLeft}{}\fi}
\newcommand{\Link}[3]{% formula, reason, words
  \Row{\makebox[\Indent][l]{\FirstLeft}}{#1}{#2}{#3}\renewcommand{\FirstLeft}{}}
\newcommand{\Cell}[2]{\Room=\linewidth{\renewcommand{\Style}{\textstyle}\Flow{#1}{#2}}}
"""
